import type { GitPath } from '../run/git-port.ts';
import { ownValue } from '../core/own-value.ts';
import { STATE_FOLDER } from '../core/state-folder.ts';

/** A path or text as its bytes, and back. */
export function toBytes(path: GitPath): Buffer {
  return Buffer.from(path, 'latin1');
}

export function fromText(text: string): GitPath {
  return Buffer.from(text).toString('latin1');
}

/** The program's own folder in the workspace at a prefix. */
export function stateFolderIn(prefix: GitPath): GitPath {
  return `${prefix}${STATE_FOLDER}`;
}

/** Whether a path is of the program's own state in the workspace at a prefix. */
export function isStateBelow(prefix: GitPath, path: GitPath): boolean {
  return path.startsWith(`${stateFolderIn(prefix)}/`);
}

/** Bytes that are not UTF-8 become U+FFFD. */
export function toText(path: GitPath): string {
  return toBytes(path).toString();
}

/** The list as git reads it with `-z`. */
export function nulTerminated(items: readonly string[]): Buffer {
  return toBytes(items.map((item) => `${item}\0`).join(''));
}

/** The absolute path of a file in the work tree: in bytes where it needs them, which cost more than a text, as many files do. */
export function absolute(top: string, path: GitPath): string | Buffer {
  return ASCII.test(path) ? `${top}/${path}` : Buffer.concat([Buffer.from(`${top}/`), toBytes(path)]);
}

const ASCII = /^[\0-\x7f]*$/;

/**
 * A path for the screen: as it is when it is harmless, else in double quotes with C escapes (`\n`, `\"`, `\\`, `\ooo` for each byte
 * that is not printable UTF-8), as git itself quotes. Safe for terminals, and two different paths never look alike by escapes.
 */
export function pathDisplay(path: GitPath): string {
  let escaped = '';
  for (const piece of pieces(path)) escaped += typeof piece === 'string' ? printable(piece) : octal([piece]);
  return escaped === toText(path) ? escaped : `"${escaped}"`;
}

/** Control and format characters (also those that turn the direction of text), odd spaces and line separators. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Co}\p{Zl}\p{Zp}]|[^\P{Zs} ]/u;
const SHORT: Readonly<Record<string, string>> = {
  '\n': '\\n',
  '\t': '\\t',
  '\r': '\\r',
  '"': '\\"',
  '\\': '\\\\',
};

function printable(character: string): string {
  const short = ownValue(SHORT, character);
  if (short !== undefined) return short;
  return UNSAFE.test(character) ? octal(Buffer.from(character)) : character;
}

function octal(bytes: Iterable<number>): string {
  return Array.from(bytes, (byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('');
}

/** Splits into characters, and numbers for bytes that belong to none. */
function* pieces(path: GitPath): Generator<string | number> {
  const bytes = toBytes(path);
  for (let at = 0; at < bytes.length;) {
    const first = bytes.readUInt8(at);
    const length = first < 0x80 ? 1 : first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    const character = bytes.toString('utf8', at, at + length);
    // A round trip is the proof that the bytes are well-formed; a truncated sequence grows by it.
    const whole = Buffer.from(character).equals(bytes.subarray(at, at + length));
    yield whole ? character : first;
    at += whole ? length : 1;
  }
}
