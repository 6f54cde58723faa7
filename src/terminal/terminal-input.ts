import type { ReadStream } from 'node:tty';
import { LineEditor, PASTES_MARKED, PASTES_UNMARKED, type Typed } from './line-editor.ts';

/** A terminal at which one text at a time is asked for. Between the questions it is left as it was found. */
export class TerminalInput {
  readonly #stream: ReadStream;
  readonly #show: (text: string) => void;
  readonly #editor: LineEditor;

  /** `show` writes on the terminal, which is `columns` wide. */
  constructor(stream: ReadStream, show: (text: string) => void, columns: () => number) {
    this.#stream = stream;
    this.#show = show;
    this.#editor = new LineEditor(columns);
  }

  /**
   * Shows `prompt` once keys are read one by one: whoever types as soon as it stands there is understood, Ctrl-D included. What is typed
   * or pasted, up to Enter; null: the terminal is at its end (Ctrl-D), or `stop` aborts. Ctrl-C and Ctrl-Z are
   * signals as ever.
   */
  async text(prompt: string, stop: AbortSignal): Promise<string | null> {
    if (stop.aborted) return null;
    this.#stream.setEncoding('utf8');
    this.#prepare();
    this.#editor.begin(prompt);
    this.#show(prompt);
    try {
      return await new Promise<string | null>((resolve) => this.#read(stop, resolve));
    } finally {
      this.#restore();
    }
  }

  #read(stop: AbortSignal, resolve: (text: string | null) => void): void {
    const done = (text: string | null) => {
      this.#stream.off('data', onData);
      for (const event of ENDS) this.#stream.off(event, gone);
      stop.removeEventListener('abort', gone);
      resolve(text);
    };
    const gone = () => done(null);
    const onData = (sent: string | Buffer) => {
      const { echo, typed } = this.#editor.feed(sent.toString());
      this.#show(echo);
      if (typed !== null) this.#act(typed, done);
    };
    this.#stream.on('data', onData);
    for (const event of ENDS) this.#stream.on(event, gone);
    stop.addEventListener('abort', gone);
    onData(''); // What was typed ahead.
  }

  #act(typed: Typed, done: (text: string | null) => void): void {
    switch (typed.kind) {
      case 'text':
        done(typed.text);
        return;
      case 'end':
        done(null);
        return;
      case 'interrupt':
        process.kill(process.pid, 'SIGINT');
        return;
      case 'suspend':
        this.#restore();
        process.once('SIGCONT', () => this.#prepare());
        process.kill(process.pid, 'SIGTSTP');
    }
  }

  #prepare(): void {
    this.#stream.setRawMode(true);
    this.#stream.resume();
    this.#show(PASTES_MARKED);
  }

  #restore(): void {
    this.#show(PASTES_UNMARKED);
    this.#stream.pause();
    try {
      this.#stream.setRawMode(false);
    } catch {
      // The terminal is gone, and with it its modes.
    }
  }
}

const ENDS = ['end', 'error', 'close'] as const;
