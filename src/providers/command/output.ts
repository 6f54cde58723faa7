import { UNKNOWN_USAGE } from '../../core/vocabulary.ts';
import type { CommandSettings } from '../../core/settings.ts';
import { parseJson, textOf, valueAt } from '../json.ts';
import type { SessionWatch } from '../session.ts';
import type { Reader, Reading } from '../turn.ts';

/** What is kept of an answer, in characters. */
const MOST_CHARACTERS = 10_000_000;

type Paths = Pick<CommandSettings, 'output' | 'answer' | 'session'>;

/** Finds the answer and the session's id in what a configured command prints. */
export class CommandReader implements Reader {
  readonly #paths: Paths;
  readonly #session: SessionWatch;
  readonly #kept: string[] = [];
  #size = 0;
  #cut = false;
  #answer: string | null = null;
  #sessionHeard = false;

  constructor(paths: Paths, session: SessionWatch) {
    this.#paths = paths;
    this.#session = session;
  }

  line(line: string): void {
    if (this.#paths.output === 'jsonl') this.#read(line);
    else this.#keep(line);
  }

  /** Such a command is done when it exits. */
  isFinal(): boolean {
    return false;
  }

  reading(): Reading {
    const whole = this.#kept.join('\n');
    if (this.#paths.output === 'json') this.#read(whole);
    const answer = this.#paths.output === 'text' ? whole : this.#answer;
    return { answer, usage: UNKNOWN_USAGE, totals: null, metadata: {}, warnings: this.#warnings(), denied: [] };
  }

  /** Why there is no answer in the output. */
  complaint(): string {
    const { output, answer } = this.#paths;
    return `its output holds no text at "${answer ?? ''}" (provider.command.output: ${output}, provider.command.answer)`;
  }

  #warnings(): string[] {
    const warnings: string[] = [];
    if (this.#cut)
      warnings.push(`the output was longer than ${MOST_CHARACTERS} characters: the rest is only in the turn log`);
    if (this.#paths.session !== null && this.#paths.output !== 'text' && !this.#sessionHeard) {
      warnings.push(`the output holds no session id at "${this.#paths.session}" (provider.command.session)`);
    }
    return warnings;
  }

  /** The last match counts. */
  #read(text: string): void {
    const document = parseJson(text);
    if (document === undefined) return;
    if (this.#paths.answer !== null) this.#answer = textOf(valueAt(document, this.#paths.answer)) ?? this.#answer;
    const id = this.#paths.session === null ? null : textOf(valueAt(document, this.#paths.session));
    if (id === null || id === '') return;
    this.#sessionHeard = true;
    this.#session.heard(id);
  }

  #keep(line: string): void {
    this.#size += line.length + 1;
    if (this.#size > MOST_CHARACTERS) this.#cut = true;
    else this.#kept.push(line);
  }
}
