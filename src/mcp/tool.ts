import type { ToolAnnotations } from '@modelcontextprotocol/sdk/types.js';
import type * as z from 'zod';
import type { SeenWorkspace } from '../inspect/task-summary.ts';

/** The workspace that tools speak of, and what whoever started the server allows. */
export interface Served extends SeenWorkspace {
  /** Ends what waits when the caller goes away. */
  readonly stop: AbortSignal;
}

/** A tool as the table of tools has it: its name, what it takes and gives, and what it does. */
export interface Tool {
  readonly name: string;
  readonly description: string;
  readonly input: z.ZodObject;
  readonly output: z.ZodObject;
  readonly annotations: ToolAnnotations;
  /** Gets arguments that fit `input`. Rejects with a Problem that says what is accepted. */
  readonly run: (given: unknown, served: Served) => Promise<Record<string, unknown>>;
}

interface ToolOf<In extends z.ZodObject, Out extends z.ZodObject> {
  readonly name: string;
  readonly description: string;
  readonly input: In;
  readonly output: Out;
  readonly annotations: ToolAnnotations;
  readonly run: (given: z.output<In>, served: Served) => Promise<Given<z.input<Out>>>;
}

/** A document with the keys of its schema: what is loose in the schema, and what may be changed of the document, is no matter. */
type Given<T> = T extends readonly (infer Item)[]
  ? readonly Given<Item>[]
  : T extends object
    ? { readonly [Key in keyof T as string extends Key ? never : Key]: Given<T[Key]> }
    : T;

/** Forgets the types of one tool's arguments, which the server has checked by the time it runs. */
export function tool<In extends z.ZodObject, Out extends z.ZodObject>(one: ToolOf<In, Out>): Tool {
  return { ...one, run: async (given, served) => ({ ...(await one.run(given as z.output<In>, served)) }) };
}

export const READS: ToolAnnotations = { readOnlyHint: true, openWorldHint: false };
export const CHANGES: ToolAnnotations = { readOnlyHint: false, destructiveHint: false, openWorldHint: false };
