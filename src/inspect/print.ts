import { once } from 'node:events';
import { safeJson } from './safe-json.ts';

/** A document for programs, as docs/json.md describes it. */
export interface JsonDocument {
  readonly version: 1;
}

/**
 * The one way by which a document for programs leaves: on standard output, escaped so that a terminal can show it. `lines`: one
 * document a line, for those that come one after the other.
 */
export function printDocument(
  document: JsonDocument,
  { lines = false, stop }: { lines?: boolean; stop?: AbortSignal } = {},
): Promise<void> {
  return print(`${safeJson(document, lines ? 0 : 2)}\n`, stop);
}

/** Writes on standard output, no faster than its reader reads. `stop` ends the wait for a reader. */
export async function print(text: string | Buffer, stop?: AbortSignal): Promise<void> {
  if (process.stdout.write(text)) return;
  try {
    await once(process.stdout, 'drain', stop === undefined ? {} : { signal: stop });
  } catch {
    // The operator stops, or the reader has gone away, which stops as well.
  }
}
