import type { CommandSettings } from '../../core/settings.ts';
import type { TurnCall } from '../../run/agent-port.ts';
import { parseJson, textOf, valueAt } from '../json.ts';
import type { SessionWatch } from '../session.ts';
import type { Reader, Reading } from '../turn.ts';
import { CommandMeter } from './meter.ts';

/** What is kept of an answer, in characters. */
const MOST_CHARACTERS = 10_000_000;

type Paths = Omit<CommandSettings, 'start' | 'resume'>;

/** Finds the answer and the session's id in what a configured command prints. */
export class CommandReader implements Reader {
  /** Where the configuration has the command, for messages. */
  readonly key: string;
  readonly #paths: Paths;
  readonly #session: SessionWatch;
  readonly #kept: string[] = [];
  #size = 0;
  #cut = false;
  #answer: string | null = null;
  #sessionHeard = false;
  #activity = '';
  /** What the program says that the turn failed of; null: nothing. */
  error: string | null = null;
  readonly #turn: TurnCall;
  readonly #meter: CommandMeter;

  constructor(key: string, paths: Paths, session: SessionWatch, turn: TurnCall) {
    this.key = key;
    this.#paths = paths;
    this.#session = session;
    this.#turn = turn;
    this.#meter = new CommandMeter(paths);
  }

  line(line: string): void {
    if (this.#paths.output === 'jsonl') this.#read(line);
    else this.#keep(line);
  }

  /** Such a command is done when it exits, unless its last line can be known. */
  isFinal(line: string): boolean {
    const { final, output } = this.#paths;
    if (final === null || output !== 'jsonl') return false;
    const at = final.indexOf('=');
    const value = final.slice(at + 1);
    // Most lines are none of these: do not parse them twice.
    if (!line.includes(value)) return false;
    const found = valueAt(parseJson(line), final.slice(0, at));
    return found === value || ((typeof found === 'number' || typeof found === 'boolean') && String(found) === value);
  }

  reading(): Reading {
    const whole = this.#kept.join('\n');
    if (this.#paths.output === 'json') this.#read(whole);
    const said = this.#paths.output === 'text' ? whole : this.#answer;
    const answer = this.error === null ? said : null;
    const { usage, totals } = this.#meter.reading(
      this.#session.continued ? this.#turn.totalsBefore : null,
      this.#session.continued,
    );
    return { answer, usage, totals, metadata: {}, warnings: this.#warnings(), denied: [] };
  }

  /** Why there is no answer in the output. */
  complaint(): string {
    const { output, answer } = this.#paths;
    return `its output holds no text at "${answer ?? ''}" (${this.key}.output: ${output}, ${this.key}.answer)`;
  }

  #warnings(): string[] {
    const warnings: string[] = [];
    if (this.#cut)
      warnings.push(`the output was longer than ${MOST_CHARACTERS} characters: the rest is only in the turn log`);
    if (this.#paths.session !== null && this.#paths.output !== 'text' && !this.#sessionHeard) {
      warnings.push(`the output holds no session id at "${this.#paths.session}" (${this.key}.session)`);
    }
    return warnings;
  }

  /** The last match counts. */
  #read(text: string): void {
    const document = parseJson(text);
    if (document === undefined) return;
    this.#meter.take(document);
    this.#notice(document);
    if (this.#paths.answer !== null) this.#answer = textOf(valueAt(document, this.#paths.answer)) ?? this.#answer;
    const id = this.#paths.session === null ? null : textOf(valueAt(document, this.#paths.session));
    if (id === null || id === '') return;
    this.#sessionHeard = true;
    this.#session.heard(id);
  }

  #notice(document: unknown): void {
    const { activity, error } = this.#paths;
    if (error !== null) this.error = textOf(valueAt(document, error)) ?? this.error;
    const doing = activity === null ? '' : (textOf(valueAt(document, activity)) ?? '');
    if (doing !== '' && doing !== this.#activity) this.#turn.onActivity({ kind: 'notice', text: doing });
    this.#activity = doing === '' ? this.#activity : doing;
  }

  #keep(line: string): void {
    this.#size += line.length + 1;
    if (this.#size > MOST_CHARACTERS) this.#cut = true;
    else this.#kept.push(line);
  }
}
