/**
 * JSON that no terminal acts upon, and that parses to the same value: what JSON leaves as it is of control characters and marks
 * that reorder text is escaped too, and the separators at which some readers end a line. `indent` as for JSON.stringify.
 */
export function safeJson(value: unknown, indent = 0): string {
  return JSON.stringify(value, null, indent).replace(
    /[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
