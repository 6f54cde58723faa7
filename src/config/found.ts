const LONGEST = 60;

/** A value from a file in a few words: what it is and its type, on one line, short, without control characters. */
export function describeFound(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (typeof value === 'string') return `${printable(JSON.stringify(shorten(value)))} (string)`;
  if (typeof value === 'number' || typeof value === 'boolean') return `${value} (${typeof value})`;
  return Array.isArray(value) ? `a list of ${value.length}` : 'a mapping';
}

/** Cuts long text, marking the cut. */
export function shorten(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
}

/** The text with everything that could move the cursor, reorder or hide what a person reads written as `\u{…}`. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, (sign) => {
    const code = sign.codePointAt(0) ?? 0;
    return `\\u{${code.toString(16)}}`;
  });
}
