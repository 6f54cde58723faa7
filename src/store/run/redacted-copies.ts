import { closeSync } from 'node:fs';
import path from 'node:path';
import { redactTokens } from '../../core/redact.ts';
import { DOCUMENT_BYTES, lookAt, openToRead, piecesOf, readBytes } from '../../files/door.ts';

/** What may not be committed as it is. Paths are relative to the workspace. */
export interface Redacted {
  /** What is committed in place of each file that holds the shape of a secret. */
  readonly copies: ReadonlyMap<string, Buffer>;
  /** Files that hold one and are too large for a copy. */
  readonly tooLarge: readonly string[];
}

/** Two pieces have so much in common that no token is cut in two. */
const OVERLAP = 4096;

/**
 * Looks for secrets in what agents and the program leave in the state, before it is staged. A file that was found without any is not
 * read again as long as it stays the same.
 */
export class RedactedCopies {
  readonly #workspace: string;
  readonly #clean = new Map<string, string>();

  constructor(workspace: string) {
    this.#workspace = workspace;
  }

  /** Throws a Problem of kind `state`. What is not there, or no file, is passed over: git says what it makes of it. */
  of(files: readonly string[]): Redacted {
    const copies = new Map<string, Buffer>();
    const tooLarge: string[] = [];
    for (const name of files) {
      const file = path.join(this.#workspace, name);
      const found = lookAt(file);
      if (found?.kind !== 'file' || this.#clean.get(name) === found.version) continue;
      if (found.size > DOCUMENT_BYTES) {
        if (holdsToken(file)) tooLarge.push(name);
        else this.#clean.set(name, found.version);
        continue;
      }
      const copy = redacted(readBytes(file));
      if (copy === null) this.#clean.set(name, found.version);
      else copies.set(name, copy);
    }
    return { copies, tooLarge };
  }
}

/** Null: there is nothing to redact. Bytes stay as they are, whatever their encoding: tokens are ASCII. */
function redacted(bytes: Buffer | null): Buffer | null {
  if (bytes === null) return null;
  const text = bytes.toString('latin1');
  const clean = redactTokens(text);
  return clean === text ? null : Buffer.from(clean, 'latin1');
}

function holdsToken(file: string): boolean {
  const descriptor = openToRead(file);
  if (descriptor === null) return false;
  try {
    let end = '';
    for (const piece of piecesOf(descriptor)) {
      const text = end + piece.toString('latin1');
      if (redactTokens(text) !== text) return true;
      end = text.slice(-OVERLAP);
    }
    return false;
  } finally {
    closeSync(descriptor);
  }
}
