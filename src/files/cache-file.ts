import { randomBytes } from 'node:crypto';
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { readCarefully } from './careful-read.ts';

/*
 * Documents of this machine that can be made again. Whatever stands in their place, a named pipe too, is not waited for.
 */

/** What a large suite told of its tests fits in, in bytes. */
const MOST_BYTES = 64 * 1024 * 1024;

/** The fields of the document in such a file; none where there is no document, or none that can be read. */
export function readCached(file: string): Readonly<Record<string, unknown>> {
  try {
    const found: unknown = JSON.parse(readCarefully(file, { most: MOST_BYTES })?.toString() ?? 'null');
    return typeof found === 'object' && found !== null && !Array.isArray(found)
      ? (found as Readonly<Record<string, unknown>>)
      : {};
  } catch {
    return {}; // Torn, or another program spoilt it.
  }
}

/** Keeps a document for the next time. Never throws: where it cannot be written, it is made again. */
export function writeCached(file: string, document: unknown): void {
  try {
    mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
    putCached(file, JSON.stringify(document));
  } catch {
    // A home that cannot be written, or a full disk: it costs time, nothing else.
  }
}

/** The same for any content, in a folder that is there. Throws the system's error. */
export function putCached(file: string, content: string | Buffer): void {
  const draft = `${file}.${randomBytes(4).toString('hex')}.tmp`;
  try {
    writeFileSync(draft, content, { flag: 'wx', mode: 0o600 });
    renameSync(draft, file);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}
