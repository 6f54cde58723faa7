import path from 'node:path';
import { interpreterOf, lookUp } from '../files/programs.ts';

/** A reason not to run. */
export interface ProviderProblem {
  readonly text: string;
  readonly hint: string | null;
}

/** What an agent's program is looked for in. */
export interface ProgramPlace {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The workspace. */
  readonly cwd: string;
  /** A person takes a program of the work tree (`provider.allow_program_in_workspace`). */
  readonly allowInside: boolean;
}

/** An agent's program by its absolute path, or why there is none: `problem` null means that it was not found. */
export type ProgramFound =
  { readonly file: string; readonly problem: null } | { readonly file: null; readonly problem: ProviderProblem | null };

/**
 * Looks up what an agent is started with, outside of the work tree, where another agent may have written it: the program, and what
 * its first line leaves to PATH. It is told by its absolute path from then on.
 */
export function findProgram(name: string, { env, cwd, allowInside }: ProgramPlace): ProgramFound {
  const place = { path: env['PATH'] ?? '', workspace: cwd };
  const found = lookUp(name, place);
  const file = found.file ?? (allowInside ? found.refused : null);
  if (file === null) return { file, problem: found.refused === null ? null : inside(name, found.refused) };
  const interpreter = allowInside ? null : interpreterOf(file);
  if (interpreter === null) return { file, problem: null };
  const { refused } = lookUp(interpreter, place);
  return refused === null
    ? { file, problem: null }
    : { file: null, problem: inside(`${interpreter} for ${file}`, refused) };
}

/** How a program is started: the words before its arguments. What its first line leaves to PATH is looked up outside the work tree. */
export function startOf(file: string, { env, cwd, allowInside }: ProgramPlace): readonly [string, ...string[]] {
  const name = allowInside ? null : interpreterOf(file);
  const interpreter = name === null ? null : lookUp(name, { path: env['PATH'] ?? '', workspace: cwd }).file;
  return interpreter === null ? [file] : [interpreter, file];
}

function inside(name: string, file: string): ProviderProblem {
  return {
    text: `the only ${name} is ${file}, inside the work tree, where an agent may have written it: it is not run`,
    hint: `Install ${path.basename(file)} outside the work tree, or set provider.allow_program_in_workspace: true in your own configuration (~/.config/autoloop/autoloop.yaml).`,
  };
}
