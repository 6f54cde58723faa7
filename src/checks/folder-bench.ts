import { createHash } from 'node:crypto';
import path from 'node:path';
import type { Check } from '../core/checks/check.ts';
import type { EvidenceSettings } from '../core/settings.ts';
import type { CheckBench, CheckRun, Ground, PersonsEdits, Ran, StatePair } from '../run/check-port.ts';
import type { BenchOptions } from './bench.ts';
import { FolderStates } from './folder-states.ts';
import { foundChecks } from './found.ts';
import { globs } from './globs.ts';
import { GuardFiles } from './guard-files.ts';
import { endOf } from './log-end.ts';
import { namedIn, standingIn } from './named-guards.ts';
import { withPersonsGuards } from './persons-guards.ts';
import { runCheck } from './run-check.ts';

export interface FolderOptions extends Omit<BenchOptions, 'runner' | 'git'> {
  /** How many files are looked at; none: what is usual. */
  readonly mostFiles?: number;
}

/** Checks without git: they run where the sources are, and what was done to guards is known by hashes alone. */
export function openFolderBench(options: FolderOptions): CheckBench {
  return new FolderBench(options);
}

class FolderBench implements CheckBench {
  readonly isInPlace = true;
  readonly tooLarge = (tree: string) => this.#states.tooLarge(tree);
  readonly #options: FolderOptions;
  readonly #folder: string;
  readonly #states: FolderStates;
  readonly #guardFiles: GuardFiles;

  constructor(options: FolderOptions) {
    const key = createHash('sha256').update(`${options.workspace}\0without git`).digest('hex').slice(0, 16);
    this.#options = options;
    this.#folder = path.join(options.cache, 'trees', key);
    this.#states = new FolderStates(options.workspace, path.join(this.#folder, 'states'), options.mostFiles);
    this.#guardFiles = new GuardFiles(this.#states);
  }

  async discover() {
    return Promise.resolve(foundChecks(this.#options.workspace));
  }

  async snapshot() {
    return Promise.resolve(this.#states.snapshot());
  }

  async lost(trees: readonly string[]) {
    return Promise.resolve(this.#states.lost(trees));
  }

  async lastCommit() {
    return Promise.resolve(null);
  }

  async committed() {
    return Promise.resolve(null);
  }

  withPersonsGuards(ground: Ground, edits: PersonsEdits, { guards }: EvidenceSettings) {
    return withPersonsGuards(this.#states, ground, edits, {
      added: globs(guards),
      isSame: (difference) => this.#guardFiles.isSame(difference),
      merged: (guard, of, into) => this.#guardFiles.merged(guard, of, into),
    });
  }

  async compare(states: StatePair, { guards }: EvidenceSettings) {
    return this.#guardFiles.compare(states, globs(guards));
  }

  async namedGuards(checks: readonly Check[], tree: string) {
    return namedIn(this.#states, '', { checks, tree });
  }

  testFiles(files: readonly string[], trees: readonly string[]) {
    return standingIn(this.#states, '', { files, trees });
  }

  async crossed() {
    return Promise.resolve(null);
  }

  async run({ check, expected, logFile }: CheckRun): Promise<Ran> {
    const { workspace, processes, env } = this.#options;
    const place = { root: workspace, cwd: workspace };
    const scratch = path.join(this.#folder, 'scratch');
    const ran = await runCheck({ check, place, expected, scratch, logFile, env }, processes);
    return { ...ran, cached: false };
  }

  async tail(log: string) {
    return Promise.resolve(endOf(log));
  }

  async changed() {
    return Promise.resolve(null);
  }

  async texts() {
    return Promise.resolve(new Map<string, never>());
  }

  async close() {
    return Promise.resolve();
  }
}
