import { escaped, MONO } from './colours.mjs';

const CHARACTER = 8.4;
const LINE = 20;
const MARGIN = 18;
const COLOURS = { 31: 'yellow', 32: 'green', 33: 'yellow', 36: 'cyan' };

/**
 * What a terminal shows of an output once it stands still, a list of lines: each a list of pieces `{ text, colour, isBold }`. Knows what
 * this program writes: colours, bold, and a line that is taken back to its start and erased.
 */
export function screenLines(output) {
  let colour = null;
  let isBold = false;
  return output.split('\n').map((line) => {
    let pieces = [];
    for (const part of line.split(/(\x1b\[[\d;?]*[A-Za-z]|\r)/)) {
      const code = /^\x1b\[(\d*)m$/.exec(part)?.[1];
      if (code !== undefined) {
        if (code in COLOURS) colour = COLOURS[code];
        if (['39', '0', ''].includes(code)) colour = null;
        if (code === '1') isBold = true;
        if (['22', '0', ''].includes(code)) isBold = false;
      } else if (part === '\x1b[2K') {
        pieces = [];
      } else if (part !== '' && part !== '\r' && !part.startsWith('\x1b')) {
        pieces.push({ text: part, colour, isBold });
      }
    }
    return pieces;
  });
}

export function textOf(pieces) {
  return pieces.map(({ text }) => text).join('');
}

/** Lines as a terminal of so many columns breaks them. */
export function wrapped(lines, columns) {
  return lines.flatMap((pieces) => {
    const rows = [[]];
    let left = columns;
    for (const piece of pieces) {
      for (let { text } = piece; text !== ''; text = text.slice(left), left = columns) {
        if (left === 0) left = columns;
        rows.at(-1).push({ ...piece, text: text.slice(0, left) });
        if (text.length > left) rows.push([]);
        else {
          left -= text.length;
          break;
        }
      }
    }
    return rows;
  });
}

/** A terminal of so many columns with these lines, as an SVG. */
export function screenPicture(lines, { columns, title, theme }) {
  const width = Math.ceil(columns * CHARACTER + 2 * MARGIN);
  const height = lines.length * LINE + 2 * MARGIN;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" font-family="${MONO}" font-size="14">`,
    `<title>${escaped(title)}</title>`,
    `<rect x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="10" fill="${theme.panel}" stroke="${theme.line}" stroke-opacity="0.5"/>`,
    ...lines.flatMap((pieces, row) => rowOf(pieces, MARGIN + (row + 0.75) * LINE, theme)),
    '</svg>',
    '',
  ].join('\n');
}

/** Each piece stands where its columns are, whatever font there is. */
function rowOf(pieces, y, theme) {
  let column = 0;
  return pieces.map(({ text, colour, isBold }) => {
    const x = (MARGIN + column * CHARACTER).toFixed(1);
    column += text.length;
    const length = (text.length * CHARACTER).toFixed(1);
    const fill = theme[colour ?? 'ink'];
    const weight = isBold ? ' font-weight="700"' : '';
    return `<text x="${x}" y="${y}" textLength="${length}" lengthAdjust="spacingAndGlyphs" xml:space="preserve" fill="${fill}"${weight}>${escaped(text)}</text>`;
  });
}
