/** Text of an agent made safe for a terminal: no escape sequences, control characters or bidi overrides; newline and tab stay. */
export function screenText(_text: string): string {
  throw new Error('not written yet');
}

/** The same on one line of at most `max` characters; a cut is marked by `…`. */
export function screenLine(_text: string, _max: number): string {
  throw new Error('not written yet');
}
