import stringWidth from 'string-width';

/** How many columns of a terminal a text takes: characters of East Asian scripts and emoji take two, marks that combine none. */
export function columnsOf(text: string): number {
  return stringWidth(text);
}

/** Lines of at most so many columns, cut between words; all but the first begin with `indent`. A longer word has a line of its own. */
export function wrapped(line: string, columns: number, indent: string): string[] {
  const lines: string[] = [];
  for (const word of line.split(' ')) {
    const last = lines.at(-1);
    if (last === undefined) lines.push(word);
    else if (columnsOf(last) + 1 + columnsOf(word) <= columns) lines.splice(-1, 1, `${last} ${word}`);
    else lines.push(`${indent}${word}`);
  }
  return lines;
}

/** In which row a terminal of so many columns is after a line without its end, counted from 0: it goes on in the next row where one is full. */
export function rowAfter(line: string, columns: number): number {
  let [row, at] = [0, 0];
  for (const { segment } of GRAPHEMES.segment(line)) {
    // A tab stays in its row.
    const width = segment === '\t' ? Math.min(TAB - (at % TAB), columns - 1 - at) : columnsOf(segment);
    if (at + width > columns) [row, at] = [row + 1, 0];
    at += Math.max(0, width);
  }
  return row;
}

const TAB = 8;

/** One line of at most so many columns; a cut is marked by `…`. */
export function fitted(line: string, columns: number): string {
  // A character takes at most two columns, so most lines need not be taken apart.
  if (line.length * 2 <= columns || columnsOf(line) <= columns) return line;
  let kept = '';
  let taken = 0;
  for (const { segment } of GRAPHEMES.segment(line.slice(0, columns * MOST_UNITS))) {
    taken += columnsOf(segment);
    if (taken > columns - 1) break;
    kept += segment;
  }
  return `${kept.trimEnd()}…`;
}

const GRAPHEMES = new Intl.Segmenter();
/** Of what one column shows, in code units; more is a stack of marks. */
const MOST_UNITS = 16;

/** Rows of cells as lines, in columns two apart. `right` names the columns of numbers; the last one is not filled up. */
export function aligned(rows: readonly (readonly string[])[], right: ReadonlySet<number> = new Set()): string[] {
  const count = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: count }, (_, at) => Math.max(...rows.map((row) => columnsOf(row[at] ?? ''))));
  return rows.map((row) => {
    const cells = row.map((cell, at) => {
      const gap = ' '.repeat((widths[at] ?? 0) - columnsOf(cell));
      return right.has(at) ? `${gap}${cell}` : `${cell}${at === row.length - 1 ? '' : gap}`;
    });
    return cells.join('  ').trimEnd();
  });
}
