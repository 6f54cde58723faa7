import { createHash } from 'node:crypto';
import path from 'node:path';
import { readCached, writeCached } from '../files/cache-file.ts';
import { versionOf } from '../files/door.ts';
import { briefOf, type LogBrief } from './log-brief.ts';

/** Of what is kept; another number makes what older releases kept be found out again. */
const FORMAT = 5;

/** The version of a log (`versionOf`), and what it told then. */
type Kept = readonly [version: string, brief: LogBrief];

/**
 * What the logs of a workspace told when they were read last, by inode, size and time of change: a log that is as it was then is
 * not read again. It is kept in the user's cache, and does without it where that cannot be read or written.
 */
export class BriefCache {
  readonly #file: string;
  readonly #workspace: string;
  readonly #before: ReadonlyMap<string, Kept>;
  readonly #now = new Map<string, Kept>();
  #isNews = false;

  constructor(folder: string, workspace: string) {
    const name = createHash('sha256').update(workspace).digest('hex').slice(0, 16);
    this.#file = path.join(folder, `runs-${name}.json`);
    this.#workspace = workspace;
    this.#before = kept(this.#file);
  }

  /** What the log tells now. Throws as `briefOf` does. */
  briefOf(log: string): LogBrief {
    const version = versionOf(log);
    const name = path.relative(this.#workspace, log);
    const known = this.#before.get(name);
    if (version === null || known?.[0] !== version) {
      const brief = briefOf(log);
      this.#isNews = true;
      // The version is of before the reading: what was written meanwhile makes another one.
      if (version !== null) this.#now.set(name, [version, brief]);
      return brief;
    }
    this.#now.set(name, known);
    return known[1];
  }

  /** Keeps what was asked for since this was made, and forgets the rest. Never throws: the next one asks the logs again. */
  save(): void {
    if (!this.#isNews && this.#now.size === this.#before.size) return;
    writeCached(this.#file, { format: FORMAT, runs: Object.fromEntries(this.#now) });
  }
}

function kept(file: string): ReadonlyMap<string, Kept> {
  const { format, runs } = readCached(file);
  if (format !== FORMAT) return new Map();
  return new Map(Object.entries(fieldsOf(runs)).filter((entry): entry is [string, Kept] => isKept(entry[1])));
}

function isKept(value: unknown): value is Kept {
  if (!Array.isArray(value) || typeof value[0] !== 'string') return false;
  const { at, finished, lastEventAt, cycles, turns, costUsd, pair, waitsFor } = fieldsOf(value[1]);
  return (
    typeof at === 'string' &&
    (finished === null || typeof fieldsOf(finished).status === 'string') &&
    (lastEventAt === null || typeof lastEventAt === 'string') &&
    (cycles === null || typeof cycles === 'number') &&
    typeof turns === 'number' &&
    (costUsd === null || typeof costUsd === 'number') &&
    (pair === null || typeof fieldsOf(pair).pair === 'string') &&
    (waitsFor === null || typeof waitsFor === 'string')
  );
}

function fieldsOf(value: unknown): Partial<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? value : {};
}
