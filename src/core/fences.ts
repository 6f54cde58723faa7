/**
 * Blanks out what stands in Markdown code fences, so that a quotation is not taken for the real thing. Every other character
 * keeps its place. A fence that is never closed quotes nothing (docs/protocol.md).
 *
 * Fences are read as CommonMark has them: three or more backticks or tildes, indented by at most three columns (counted from
 * the text of the list item they are in), closed by a line of at least as many of the same. One in a block quote also ends
 * with the quote.
 */
export function withoutQuotations(text: string): string {
  const kept: string[] = [];
  let keptUpTo = 0;
  for (const { start, end } of closedFences(text)) {
    kept.push(text.slice(keptUpTo, start), ' '.repeat(end - start));
    keptUpTo = end;
  }
  return kept.join('') + text.slice(keptUpTo);
}

/** The last code fence that is closed; null without any. */
export function lastFence(text: string): Span | null {
  return closedFences(text).at(-1) ?? null;
}

/** Half-open, in UTF-16 code units; the lines of the fence itself included. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** What a line is in. Columns count from the left edge, or from the innermost quote marker. */
interface Containers {
  readonly quotes: number;
  /** Column where the text of the innermost list item begins; 0 outside lists. */
  readonly listColumn: number;
}

interface Line extends Containers {
  /** Column of the text. */
  readonly indent: number;
  readonly text: string;
}

interface Fence extends Containers {
  readonly start: number;
  /** The backticks or tildes that opened it. */
  readonly marker: string;
}

function closedFences(text: string): Span[] {
  const spans: Span[] = [];
  let containers: Containers = { quotes: 0, listColumn: 0 };
  let open: Fence | null = null;
  for (const { start, end } of linesOf(text)) {
    const source = text.slice(start, end);
    if (open !== null) {
      const line = lineInFence(source, open);
      if (line !== null && !closes(line, open)) continue;
      spans.push({ start: open.start, end: line === null ? start : end });
      open = null;
      if (line !== null) continue;
    }
    const line = lineInText(source, containers);
    containers = line;
    open = openedBy(line, start);
  }
  return spans;
}

function* linesOf(text: string): Generator<Span> {
  for (let start = 0; start < text.length;) {
    const newline = text.indexOf('\n', start);
    const end = newline === -1 ? text.length : newline;
    yield { start, end };
    start = end + 1;
  }
}

const QUOTE_MARKER = /[ \t]*> ?/y;
const LIST_MARKER = /[ \t]*(?:[-*+]|\d{1,9}[.)])(?:[ \t]{1,4}(?![ \t])|[ \t])/y;
const INDENT = /[ \t]*/y;

/** Takes quote and list markers off a line of running text; `before` is what the line above was in. */
function lineInText(source: string, before: Containers): Line {
  let at = 0;
  let column = 0;
  let quotes = 0;
  for (let marker; (marker = matchAt(QUOTE_MARKER, source, at)) !== null; at += marker.length) quotes += 1;
  let listColumn = quotes === before.quotes ? before.listColumn : 0;
  for (let marker; (marker = matchAt(LIST_MARKER, source, at)) !== null; at += marker.length) {
    if (columnAfter(indentOf(marker), column) > listColumn + 3) break;
    column = columnAfter(marker, column);
    listColumn = column;
  }
  const blank = matchAt(INDENT, source, at) ?? '';
  const indent = columnAfter(blank, column);
  const text = source.slice(at + blank.length).trimEnd();
  return { quotes, listColumn: text === '' ? listColumn : Math.min(listColumn, indent), indent, text };
}

/** The same in a fence, where only the quote markers that it stands behind are no content; null: the quote has ended. */
function lineInFence(source: string, fence: Fence): Line | null {
  let at = 0;
  for (let quotes = 0; quotes < fence.quotes; quotes += 1) {
    const marker = matchAt(QUOTE_MARKER, source, at);
    if (marker === null) return null;
    at += marker.length;
  }
  const blank = matchAt(INDENT, source, at) ?? '';
  const { quotes, listColumn } = fence;
  return { quotes, listColumn, indent: columnAfter(blank, 0), text: source.slice(at + blank.length).trimEnd() };
}

/** A backtick later in the line makes it a code span in the text, not a fence. */
const OPENING = /^(?:(`{3,})[^`]*|(~{3,}).*)$/s;

function openedBy(line: Line, start: number): Fence | null {
  const found = line.indent > line.listColumn + 3 ? null : OPENING.exec(line.text);
  const marker = found?.[1] ?? found?.[2];
  return marker === undefined ? null : { start, marker, quotes: line.quotes, listColumn: line.listColumn };
}

function closes({ indent, text }: Line, fence: Fence): boolean {
  return indent <= fence.listColumn + 3 && text.startsWith(fence.marker) && isRun(text);
}

function isRun(text: string): boolean {
  return text === text.charAt(0).repeat(text.length);
}

function matchAt(sticky: RegExp, source: string, at: number): string | null {
  sticky.lastIndex = at;
  return sticky.exec(source)?.[0] ?? null;
}

function indentOf(marker: string): string {
  return matchAt(INDENT, marker, 0) ?? '';
}

function columnAfter(text: string, column: number): number {
  let after = column;
  for (const character of text) after += character === '\t' ? 4 - (after % 4) : 1;
  return after;
}
