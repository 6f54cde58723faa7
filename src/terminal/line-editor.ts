import { columnsOf, rowAfter } from '../inspect/columns.ts';

/** Between these marks a terminal sends what is pasted; they are asked for and given up with the modes below. */
const [PASTE, END_OF_PASTE] = ['\u001b[200~', '\u001b[201~'];
export const [PASTES_MARKED, PASTES_UNMARKED] = ['\u001b[?2004h', '\u001b[?2004l'];

/** What typing has led to: nothing yet, a text, or a key that is not about the text. */
export type Typed =
  { readonly kind: 'text'; readonly text: string } | { readonly kind: 'interrupt' | 'end' | 'suspend' };

/**
 * A text as it is typed at a terminal that hands over every key. The lines of a paste belong to one text, which the Enter after
 * it ends: where a terminal marks what is pasted by the marks, elsewhere because they come in one piece.
 */
export class LineEditor {
  #text = '';
  #isPasting = false;
  /** The key before: the two halves of a line's end may come apart. */
  #last = '';
  /** What was typed and not looked at yet. */
  #ahead = '';
  #prompt = '';
  readonly #columns: () => number;

  /** `columns`: how wide the terminal is now. */
  constructor(columns: () => number) {
    this.#columns = columns;
  }

  /** What is shown in front of the text. */
  begin(prompt: string): void {
    this.#prompt = prompt;
  }

  /** Takes what the terminal sent; `echo` is to be shown. Null: the text goes on. What is typed ahead waits for the next call. */
  feed(sent: string): { readonly echo: string; readonly typed: Typed | null } {
    this.#ahead += sent;
    const isPiece = /[\r\n](?=[\s\S]*\S)/.test(sent) && !sent.includes(PASTE);
    let echo = '';
    while (this.#ahead !== '') {
      const key = nextKey(this.#ahead);
      if (key === null) break;
      this.#ahead = this.#ahead.slice(key.length);
      const isHalf = key === '\n' && this.#last === '\r';
      this.#last = key;
      if (isHalf) continue;
      const isMore = isPiece && this.#ahead.trim() !== '';
      if (!this.#isPasting && !(isMore && isEnter(key))) {
        const typed = this.#ended(key);
        if (typed !== null) return { echo: `${echo}\r\n`, typed };
      }
      echo += this.#take(key);
    }
    return { echo, typed: null };
  }

  /** Null: the key is one of the text. */
  #ended(key: string): Typed | null {
    if (isEnter(key)) return this.#done();
    if (key === '\u0003') return { kind: 'interrupt' };
    if (key === '\u001a') return { kind: 'suspend' };
    if (key !== '\u0004') return null;
    return this.#text === '' ? { kind: 'end' } : this.#done();
  }

  #done(): Typed {
    const text = this.#text;
    this.#text = '';
    return { kind: 'text', text };
  }

  #take(key: string): string {
    if (key === PASTE || key === END_OF_PASTE) this.#isPasting = key === PASTE;
    if (isEnter(key)) return this.#add('\n', '\r\n');
    if (key === '\u007f' || key === '\b') return this.#cut(/\P{M}\p{M}*$|[\s\S]$/u);
    if (key === '\u0015') return this.#cut(/[^\n]*$/);
    if (key === '\u0017') return this.#cut(/[^\s]*[^\S\n]*$/);
    return key === '\t' || key >= ' ' ? this.#add(key, key) : '';
  }

  #add(text: string, echo: string): string {
    if (text.length === 1 && text >= '\u007f' && text <= '\u009f') return '';
    this.#text += text;
    return echo;
  }

  /**
   * Takes the end of the text away, and from the screen: by stepping back, or by showing the line again where that does not lead
   * there: over a tab, from a row that is full or that the terminal began by itself, and, on a new line, over the end of a line.
   */
  #cut(end: RegExp): string {
    const shown = this.#lastLine();
    const cut = end.exec(this.#text)?.[0] ?? '';
    if (cut === '') return '';
    this.#text = this.#text.slice(0, this.#text.length - cut.length);
    if (cut.includes('\n')) return `\r\n${this.#lastLine()}`;
    const row = rowAfter(shown, this.#columns());
    const isFirst = rowAfter(`${shown} `, this.#columns()) === 0;
    if (isFirst && !cut.includes('\t')) return '\b \b'.repeat(columnsOf(cut));
    return `\r${row === 0 ? '' : `\u001b[${row}A`}\u001b[J${this.#lastLine()}`;
  }

  #lastLine(): string {
    return `${this.#text.includes('\n') ? '' : this.#prompt}${this.#text.slice(this.#text.lastIndexOf('\n') + 1)}`;
  }
}

function isEnter(key: string): boolean {
  return key === '\r' || key === '\n' || key === '\r\n';
}

/** A character, a mark of a paste, or a whole sequence of a key that means nothing here; null: the rest of a sequence is on its way. */
function nextKey(ahead: string): string | null {
  if (!ahead.startsWith('\u001b'))
    return ahead.startsWith('\r\n') ? '\r\n' : String.fromCodePoint(ahead.codePointAt(0) ?? 0);
  const whole = /^\u001b(?:\[[0-?]*[ -/]*[@-~]|O[ -~]|[^[O])/.exec(ahead);
  if (whole !== null) return whole[0];
  return /^\u001b(?:\[[0-?]*[ -/]*|O)?$/.test(ahead) ? null : '\u001b';
}
