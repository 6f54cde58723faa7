/** Text of an agent made safe for a terminal: no escape sequences, control characters or bidi overrides; newline and tab stay. */
export function screenText(text: string): string {
  return text.replace(ESCAPE_SEQUENCES, '').replace(/\r\n?/g, '\n').replace(UNPRINTABLE, '').toWellFormed();
}

/** The same on one line of at most `max` characters; a cut is marked by `…`. */
export function screenLine(text: string, max: number): string {
  return cutAt(screenText(text).replace(/\s+/g, ' ').trim(), max);
}

/** The text, or its first characters and `…`: at most `max` in all. */
export function cutAt(text: string, max: number): string {
  if (text.length <= max) return text;
  // A character takes at most two code units, so that a huge line need not be taken apart whole.
  const characters = Array.from(text.slice(0, 2 * max + 2));
  return characters.length <= max
    ? text
    : `${characters
        .slice(0, max - 1)
        .join('')
        .trimEnd()}…`;
}

/**
 * ECMA-48: strings (OSC, DCS, SOS, PM, APC) up to their terminator, CSI sequences, and the other escapes, each in its 7-bit and
 * 8-bit form. A string that is not terminated ends with its line, so that a stray opener hides no more than that.
 */
const ESCAPE_SEQUENCES =
  /(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c\r\n]*(?:\x07|\x1b\\|\x9c)?|(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?|\x1b[ -/]*[0-~]?/g;

/** What a screen acts upon instead of drawing: C0 but newline and tab, DEL, C1, and the marks that reorder text (bidi embeddings, overrides, isolates). */
export const UNPRINTABLE = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
