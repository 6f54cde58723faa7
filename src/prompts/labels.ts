/**
 * The labels of the preamble (docs/protocol.md). Agents and tools take the first line that begins with a label and a
 * colon, so no line of a text that somebody else wrote may begin that way.
 */
export const LABELS = [
  'REPOSITORY ROOT',
  'RUN ID',
  'LOOP PAIR',
  'PHASE ROLE',
  'CYCLE',
  'ATTEMPT',
  'IMMUTABLE REQUEST FILE',
  'AUTHORITATIVE RAW LOG',
  'AUTHORITATIVE RUN DECISIONS FILE',
  'ORDER OF AUTHORITY',
  'RESUMED THREAD ID',
  'RESUMED SESSION ID',
  'THREAD STATUS',
  'MOST RECENT CLARIFICATION TO APPLY IMMEDIATELY',
  'INITIAL REQUEST SNAPSHOT',
  'THREAD SCOPE',
  'ARTIFACT SCOPE',
  'AUTHORITATIVE ACTIVE ARTIFACT DIRECTORY',
  'AUTHORITATIVE ACTIVE CRITERIA FILE',
  'AUTHORITATIVE ACTIVE FEEDBACK FILE',
  'AUTHORITATIVE ACTIVE SESSION FILE',
  'AUTHORITATIVE OTHER ACTIVE ARTIFACT FILES',
  'ACTIVE PHASE EXECUTION CONTRACT',
  'AUTHORITATIVE CLARIFICATIONS TO DATE',
  'PRIOR PHASE STATUS IN THIS RUN',
  'RELEVANT PRIOR PHASE ARTIFACT PATHS',
  'ACTIVE PHASE ARTIFACTS',
  'HARNESS CHECKS',
  'REQUEST FILE',
  'RAW LOG',
  'QUESTION TO ANSWER',
] as const;
export type Label = (typeof LABELS)[number];

/** One fact on one line. */
export function fact(label: Label, value: string | number): string {
  return `${label}: ${guard(String(value))}`;
}

/** A text of any length between its label and an end line, unchanged but for what `guard` does to it. */
export function block(label: Label, text: string): string {
  return `${label}:\n${guard(text)}\nEND OF ${label}`;
}

/** One `- item` a line, `- none` for no items; further lines of an item are indented. */
export function list(label: Label, items: readonly string[]): string {
  return `${label}:\n${bullets(items)}`;
}

/** As `list`, without a label. */
export function bullets(items: readonly string[], indent = ''): string {
  const shown = items.length === 0 ? ['none'] : items;
  return shown.map((item) => `${indent}- ${indented(item, `${indent}  `)}`).join('\n');
}

/** A value that stands behind something else on its line: its further lines are indented. */
export function indented(value: string, indent: string): string {
  return guard(value.trim()).replace(/\n/g, `\n${indent}`);
}

/**
 * The text, verbatim except that a line which reads as a label or as the end of a block is quoted with `> `. Lines are
 * those of any reader: beside \n and \r, the separators at which some languages split. Whatever shows nothing before a
 * label counts as a blank: every space, control and format character of Unicode.
 */
export function guard(text: string): string {
  return text.replace(FORGED, '> ');
}

const NAMES = LABELS.join('|');
const SEPARATORS = String.raw`\v\f\x1c-\x1e\x85`;
const BLANKS = String.raw`[[\p{Zs}\p{Cc}\p{Cf}]--[\n\r${SEPARATORS}]]*`;
const FORGED = new RegExp(String.raw`(?<=^|[${SEPARATORS}])(?=${BLANKS}(?:(?:${NAMES}):|END OF (?:${NAMES})))`, 'gmv');
