import { Problem } from '../core/problem.ts';
import { executedIn, filesOf, hashOf } from './config-files.ts';
import type { ConfigRecord } from './config-record.ts';
import { newValues, valueId } from './config-values.ts';
import type { ConfigValue } from './config-values.ts';
import type { Place } from './place.ts';

/** Asks git for its whole configuration. Rejects with a Problem where git cannot read it. */
export type ListConfig = () => Promise<readonly ConfigValue[]>;

export interface WatchOptions {
  readonly place: Place;
  readonly list: ListConfig;
  /** What earlier starts knew; null: nothing is remembered from one start to the next. */
  readonly record: ConfigRecord | null;
  /** The operator takes what is there now. */
  readonly accept: boolean;
}

/** Why a start refuses git's configuration by what earlier starts knew of it; null: it takes it. Changes nothing. */
export function refusedConfig(
  values: readonly ConfigValue[],
  { place, record }: Pick<WatchOptions, 'place' | 'record'>,
): Problem | null {
  const known = record?.read() ?? null;
  if (known === null) return null;
  const executed = executedIn(values, place);
  const suspects =
    known.trusted === null
      ? executed.filter((value) => known.refused.includes(valueId(value)))
      : newValues(executed, known.trusted);
  return suspects.length === 0 ? null : refusal(suspects);
}

/**
 * What git would execute, as it was when the program began. Before each call of git the files are compared that it comes from; a
 * new or changed value is an agent's, and pauses the run before git can act on it.
 */
export class ConfigWatch {
  readonly #options: WatchOptions;
  readonly #trusted: readonly string[];
  #hashes: ReadonlyMap<string, string>;
  #problem: Problem | null = null;

  /** Takes down what is there. Rejects when an earlier start refused it, or died before it could, unless the operator accepts it. */
  static async begin(values: readonly ConfigValue[], options: WatchOptions): Promise<ConfigWatch> {
    const hashes = hashesOf(filesOf(values, options.place));
    const executed = executedIn(values, options.place);
    const { record } = options;
    const refused = options.accept ? null : refusedConfig(values, options);
    if (refused !== null) throw refused;
    const trusted = executed.map(valueId);
    await record?.write({ trusted, refused: [] });
    return new ConfigWatch(options, trusted, hashes);
  }

  private constructor(options: WatchOptions, trusted: readonly string[], hashes: ReadonlyMap<string, string>) {
    this.#options = options;
    this.#trusted = trusted;
    this.#hashes = hashes;
  }

  /** Rejects with a Problem that pauses the run when git would now execute something else than at the start. */
  async check(): Promise<void> {
    if (this.#problem !== null) throw this.#problem;
    const hashes = hashesOf([...this.#hashes.keys()]);
    if ([...hashes].every(([file, hash]) => this.#hashes.get(file) === hash)) return;
    const values = await this.#options.list();
    const added = newValues(executedIn(values, this.#options.place), this.#trusted);
    if (added.length > 0) {
      this.#problem = refusal(added);
      await this.#options.record?.write({ trusted: null, refused: added.map(valueId) });
      throw this.#problem;
    }
    this.#hashes = hashesOf(filesOf(values, this.#options.place));
  }

  /** The run is over, and nothing was found: what changes from now on is a person's. */
  async end(): Promise<void> {
    if (this.#problem !== null) return;
    await this.check();
    await this.#options.record?.write({ trusted: null, refused: [] });
  }
}

function hashesOf(files: readonly string[]): ReadonlyMap<string, string> {
  return new Map(files.map((file) => [file, hashOf(file)]));
}

const MOST_NAMED = 5;

function refusal(values: readonly ConfigValue[]): Problem {
  const named = values
    .slice(0, MOST_NAMED)
    .map(({ key, value, origin }) => `${key} = ${shown(value)} in ${shown(origin)}`);
  const more = values.length > MOST_NAMED ? ` and ${values.length - MOST_NAMED} more` : '';
  const what = values.length === 1 ? 'a value that was not there' : 'values that were not there';
  return new Problem(
    'unsettled',
    `git has ${what} when the run began, and the next git command would have acted on it: ${named.join('; ')}${more}`,
    'Take it out of that file, or go on with it: resume with --accept-git-config.',
  );
}

function shown(text: string): string {
  const line = text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, ' ');
  return line.length > 200 ? `${line.slice(0, 200)}…` : line;
}
