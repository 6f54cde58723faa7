import { closeSync, fstatSync, readSync } from 'node:fs';
import { screenText } from '../core/screen.ts';
import { openToRead } from '../files/door.ts';

const TAIL_BYTES = 16_000;

/** The end of a check's output, control characters out; null: there is none, or it cannot be read. */
export function endOf(log: string): string | null {
  try {
    const descriptor = openToRead(log);
    if (descriptor === null) return null;
    try {
      const { size } = fstatSync(descriptor);
      const buffer = Buffer.alloc(Math.min(size, TAIL_BYTES));
      readSync(descriptor, buffer, 0, buffer.length, size - buffer.length);
      return screenText(buffer.toString());
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return null; // Made on another machine, or removed.
  }
}
