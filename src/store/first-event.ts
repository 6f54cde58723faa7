import { open } from 'node:fs/promises';
import type { JsonObject } from './json-files.ts';

/** Enough for the first event of a log, settings included. */
const FIRST_BYTES = 65_536;

/** The first event of the log in `file`; null when there is none to be read, which must not keep its run or task from being found. */
export async function firstEvent(file: string): Promise<JsonObject | null> {
  try {
    const handle = await open(file);
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(FIRST_BYTES), 0, FIRST_BYTES, 0);
      const value: unknown = JSON.parse(buffer.toString('utf8', 0, bytesRead).split('\n', 1)[0] ?? '');
      return typeof value === 'object' && value !== null ? (value as JsonObject) : null;
    } finally {
      await handle.close();
    }
  } catch {
    return null; // No log, an empty or a broken one.
  }
}
