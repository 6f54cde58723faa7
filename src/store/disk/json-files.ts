import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { readText } from '../../files/door.ts';
import { moveAside } from '../../files/folders.ts';
import { FileFault } from '../../files/fault.ts';
import type { StateDisk } from './disk.ts';
import { promised } from '../../files/operations.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

/** The object in a JSON file; null when there is none or it cannot be read. Changes nothing: for listing and inspection. */
export function peekJson(file: string): Promise<JsonObject | null> {
  return promised(() => {
    const found = load(file);
    return found === 'missing' || found === 'unreadable' ? null : found;
  });
}

export interface JsonReading {
  readonly document: JsonObject | null;
  /** Where an unreadable file was kept, said for the operator. */
  readonly warning: string | null;
}

/** Like `peekJson`, but keeps an unreadable file as `<name>.corrupt-<time>`, out of the way of its successor. */
export function openJson(file: string, now: Date): Promise<JsonReading> {
  return promised(() => open(file, now));
}

function open(file: string, now: Date): JsonReading {
  const found = load(file);
  if (found === 'missing') return { document: null, warning: null };
  if (found !== 'unreadable') return { document: found, warning: null };
  const aside = moveAside(file, 'corrupt', now);
  return { document: null, warning: `${file} is not a JSON object; it was kept as ${path.basename(aside)}` };
}

/**
 * Replaces the keys of `document` in a JSON file, keeping the file's other keys but those in `drop`. A key whose value is
 * undefined is left as it is. Nothing is written when nothing changes. Resolves with the text that the file now holds.
 */
export async function saveJson(
  disk: StateDisk,
  file: string,
  document: object,
  drop: readonly string[] = [],
): Promise<string> {
  const before = await disk.read(file);
  const kept = before === null ? null : parseObject(before);
  const after: Record<string, unknown> = { ...kept };
  for (const [key, value] of Object.entries(document)) if (value !== undefined) after[key] = value;
  for (const key of drop) Reflect.deleteProperty(after, key);
  if (before !== null && isDeepStrictEqual(kept, JSON.parse(JSON.stringify(after)))) return before;
  const text = jsonText(after);
  await disk.replace(file, text);
  return text;
}

/** Indented by two spaces, with a newline at the end (docs/state.md). */
export function jsonText(document: unknown): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}

function load(file: string): JsonObject | 'missing' | 'unreadable' {
  try {
    const text = readText(file);
    return text === null ? 'missing' : (parseObject(text) ?? 'unreadable');
  } catch (error) {
    // A folder, a pipe or a mountain in the file's place is as unreadable as garbage, and moved aside like it.
    if (error instanceof FileFault && error.fault !== 'link') return 'unreadable';
    throw error;
  }
}

/** The object that a text is in JSON; null: it is none. */
export function parseObject(text: string): JsonObject | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : null;
  } catch {
    // Torn or garbage: the caller decides what becomes of the file.
    return null;
  }
}
