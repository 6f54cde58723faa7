import { closeSync } from 'node:fs';
import path from 'node:path';
import { redactTokens } from '../../core/redact.ts';
import { linkTarget } from '../../files/folders.ts';
import { byteText } from '../../files/bytes-text.ts';
import { DOCUMENT_BYTES, lookAt, openToRead, piecesOf, readBytes } from '../../files/door.ts';

/** What may not be committed as it is. Paths are relative to the workspace. */
export interface Redacted {
  /** What is committed in place of each file that holds the shape of a secret. */
  readonly copies: ReadonlyMap<string, Buffer>;
  /** What holds one and cannot be committed as a copy, with why. */
  readonly withheld: ReadonlyMap<string, string>;
}

const WHY = {
  name: 'its name holds what looks like a secret',
  link: 'it is a link to what looks like a secret',
  large: 'it holds what looks like a secret, and is too large for a copy without',
} as const;

/** Two pieces have so much in common that no token is cut in two. */
const OVERLAP = 4096;

/**
 * Looks for secrets in what agents and the program leave in the state of a workspace, before it is staged. A file that was found
 * without any is not read again as long as it stays the same. Throws a Problem of kind `state`; what is not there, or no file, is
 * passed over: git says what it makes of it.
 */
export function redactedCopies(workspace: string): (files: readonly string[]) => Redacted {
  const clean = new Map<string, string>();
  return (files) => {
    const copies = new Map<string, Buffer>();
    const withheld = new Map<string, string>();
    for (const name of files) {
      const file = path.join(workspace, name);
      const found = lookAt(file);
      if (holdsIn(name)) withheld.set(name, WHY.name);
      else if (found?.kind === 'link' && holdsIn(linkTarget(file) ?? '')) withheld.set(name, WHY.link);
      if (found?.kind !== 'file' || withheld.has(name) || clean.get(name) === found.version) continue;
      const isLarge = found.size > DOCUMENT_BYTES;
      const copy = isLarge ? null : redacted(readBytes(file));
      if (copy !== null) copies.set(name, copy);
      else if (isLarge && holdsToken(file)) withheld.set(name, WHY.large);
      else clean.set(name, found.version);
    }
    return { copies, withheld };
  };
}

function holdsIn(text: string): boolean {
  return redactTokens(text) !== text;
}

/** Null: there is nothing to redact. All other bytes stay as they are: tokens are ASCII. */
function redacted(bytes: Buffer | null): Buffer | null {
  if (bytes === null) return null;
  const { text, bytesOf } = byteText(bytes);
  const clean = redactTokens(text);
  return clean === text ? null : bytesOf(clean);
}

function holdsToken(file: string): boolean {
  const descriptor = openToRead(file);
  if (descriptor === null) return false;
  try {
    let end = '';
    for (const piece of piecesOf(descriptor)) {
      const text = end + piece.toString('latin1').replaceAll('\0', ''); // Of UTF-16, ASCII is left.
      if (holdsIn(text)) return true;
      end = text.slice(-OVERLAP);
    }
    return false;
  } finally {
    closeSync(descriptor);
  }
}
