import { screenLine } from '../core/screen.ts';

/** Says of a log that it is shown although it cannot be what was done; see `KnownRun.doubt`. */
export function doubtText(doubt: string): string {
  return `Not to be believed: ${screenLine(doubt, 300)}. No release writes such a log, and a resume refuses it.`;
}
