import { endOfItem, rustMarks } from './rust-text.ts';

/** Tests that stand in the same file as the code that they are about, as Rust has them. */
interface Piece {
  /** What encloses it and what it is called: the same piece has the same key in every text of the file. */
  readonly key: string;
  readonly text: string;
  readonly from: number;
  readonly to: number;
}

/** Whether a file of this name may have tests beside its code. */
export function mayHaveInlineTests(path: string): boolean {
  return path.endsWith('.rs');
}

/** Whether a text has tests beside its code. */
export function hasInlineTests(text: string): boolean {
  return piecesOf(text).length > 0;
}

/** Whether two texts of a file have the same tests, and whether they have the same code. */
export function compareInline(before: string, after: string): { readonly tests: boolean; readonly code: boolean } {
  const [a, b] = [piecesOf(before), piecesOf(after)];
  const listed = (pieces: readonly Piece[]) => pieces.map(({ key, text }) => `${key} ${squeezed(text)}`).join('\n');
  return {
    tests: listed(a) === listed(b),
    code: squeezed(without(before, a)) === squeezed(without(after, b)),
  };
}

/**
 * The code of one text with the tests of another: each in the place of the one of the same key, others at the end, and what the other
 * text has not is taken out.
 */
export function withInlineTests({ of, into }: { readonly of: string; readonly into: string }): string {
  const wanted = new Map(piecesOf(of).map((piece) => [piece.key, piece.text]));
  let [text, at] = ['', 0];
  for (const { key, from, to } of piecesOf(into)) {
    text += into.slice(at, from) + (wanted.get(key) ?? '');
    wanted.delete(key);
    at = to;
  }
  text += into.slice(at);
  if (wanted.size === 0) return text;
  return `${text.replace(/\n*$/, '\n')}${[...wanted.values()].map((piece) => `\n${piece}\n`).join('')}`;
}

function squeezed(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

function without(text: string, pieces: readonly Piece[]): string {
  let [rest, at] = ['', 0];
  for (const { from, to } of pieces) {
    rest += text.slice(at, from);
    at = to;
  }
  return rest + text.slice(at);
}

/** `#[test]` and its kin, and whatever is compiled for tests alone. */
const FOR_TESTS =
  /^(?:cfg\s*\(\s*(?:test\b|all\s*\(\s*test\b)|cfg_attr\s*\(\s*(?:not\s*\(\s*)?test\b[^]*\bpath\s*=|(?:\w+\s*::\s*)*test\b|rstest\b|test_case\b|quickcheck\b)/;

/** The outermost pieces, in order. Those of one key in one place are numbered. */
function piecesOf(text: string): readonly Piece[] {
  const found: Piece[] = [];
  const seen = new Map<string, number>();
  let until = 0;
  for (const { from, to, within } of rustMarks(text)) {
    if (from < until) continue;
    const attributes = text.slice(from, to);
    if (![...attributes.matchAll(/#\s*\[([^]*?)\]/g)].some(([, inner]) => FOR_TESTS.test((inner ?? '').trim())))
      continue;
    const end = endOfItem(text, to);
    const name = /\b(?:fn|mod|struct|enum|trait|impl|use|const|static|type|macro_rules!)\s+[^\s({;<]+/.exec(
      text.slice(to, end),
    );
    const plain = [...within, (name?.[0] ?? '').replace(/\s+/g, ' ')].join(' / ');
    const nth = (seen.get(plain) ?? 0) + 1;
    seen.set(plain, nth);
    found.push({ key: `${plain} #${nth}`, text: text.slice(from, end), from, to: end });
    until = end;
  }
  return found;
}
