import { readText, writeOver } from '../files/door.ts';
import { put } from './lock-file.ts';

/** A write within a page of memory is whole: a kill comes before it or after it. */
const PAGE_BYTES = 4096;

/**
 * Makes `text` the first line of a file, which is all of it that counts: what is left of a longer line before it stands behind that, and
 * is not read. For what is written with every event, where another file in its place costs ten times as much. A kill leaves this line or
 * the one before; nothing is synced. Throws the system's error.
 */
export function writeLine(file: string, text: string): void {
  const line = Buffer.from(`${text}\n`);
  if (line.length > PAGE_BYTES) {
    put(file, line.toString());
    return;
  }
  writeOver(file, line);
}

/** The first line; null where there is none. Throws as `readText` does. */
export function readLine(file: string): string | null {
  return readText(file)?.split('\n', 1)[0] ?? null;
}
