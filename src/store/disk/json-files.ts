import { readFileSync, renameSync } from 'node:fs';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { asideName } from '../../files/aside.ts';
import type { StateDisk } from './disk.ts';
import { diskProblem, isErrno, isMissing } from '../../files/disk-problem.ts';
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
  const aside = asideName(file, 'corrupt', now);
  try {
    renameSync(file, aside);
  } catch (error) {
    throw diskProblem(error, file, 'written');
  }
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

/** Indented by two spaces, with a newline at the end (spec: state.md). */
export function jsonText(document: unknown): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}

function load(file: string): JsonObject | 'missing' | 'unreadable' {
  try {
    return parseObject(readFileSync(file, 'utf8')) ?? 'unreadable';
  } catch (error) {
    if (isMissing(error)) return 'missing';
    // A folder in the file's place is as unreadable as garbage, and moved aside like it.
    if (isErrno(error) && error.code === 'EISDIR') return 'unreadable';
    throw diskProblem(error, file, 'read');
  }
}

function parseObject(text: string): JsonObject | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : null;
  } catch {
    // Torn or garbage: the caller decides what becomes of the file.
    return null;
  }
}
