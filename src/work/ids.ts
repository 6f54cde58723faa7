import { createHash } from 'node:crypto';
import { customAlphabet } from 'nanoid';
import { formatRunId } from '../core/ids.ts';

/** SHA-1 of the UTF-8 bytes as hex, for the core's ids. */
export const sha1 = (text: string): string => createHash('sha1').update(text).digest('hex');

const hex8 = customAlphabet('0123456789abcdef', 8);

/** An id for a run that begins now. */
export function newRunId(now: Date): string {
  return formatRunId(now, hex8());
}
