import { createHash } from 'node:crypto';
import path from 'node:path';
import type { Check } from '../core/checks/check.ts';
import type { EvidenceSettings } from '../core/settings.ts';
import { toText } from '../git/paths.ts';
import { Git } from '../git/git.ts';
import { locate, type Place as GitPlace } from '../git/place.ts';
import type { GitRunner } from '../git/runner.ts';
import type {
  CheckBench,
  CheckRun,
  Crossed,
  Ground,
  PersonsEdits,
  Ran,
  StateChanges,
  StatePair,
} from '../run/check-port.ts';
import { ignoredGuards, lookAtCarried } from './carried.ts';
import { carryAll, foldersToCarry } from './carry.ts';
import { cargoTargets, CheckTree } from './check-tree.ts';
import { ownEnvironment, type Place } from './environment.ts';
import type { CheckProcesses } from './processes.ts';
import { GuardFiles } from './guard-files.ts';
import { globs } from './globs.ts';
import { foundChecks } from './found.ts';
import { endOf } from './log-end.ts';
import { withPersonsGuards } from './persons-guards.ts';
import { knownPass, rememberPass } from './known-passes.ts';
import { NamedParts } from './named-parts.ts';
import { namedIn, standingIn } from './named-guards.ts';
import { runCheck, setUpFailed } from './run-check.ts';
import { States } from './states.ts';

export interface BenchOptions {
  readonly workspace: string;
  /** Where what can be made again is kept. */
  readonly cache: string;
  readonly runner: GitRunner;
  /** None: the repository is looked for. */
  readonly git?: Git | null;
  readonly processes: CheckProcesses;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Checks on clean copies of the states of a repository. Rejects with a Problem where the workspace is in none. */
export async function openBench(options: BenchOptions): Promise<CheckBench | null> {
  if (options.git) return new RepositoryBench(options, options.git);
  const located = await locate(options.runner, options.workspace);
  return located.kind === 'found' ? new RepositoryBench(options, new Git(options.runner, located.place)) : null;
}

class RepositoryBench implements CheckBench {
  readonly #options: BenchOptions;
  readonly #place: GitPlace;
  readonly #states: States;
  readonly #guardFiles: GuardFiles;
  readonly #tree: CheckTree;
  readonly #folder: string;
  /** By state: what the checks of the run name. */
  readonly #named = new Map<string, readonly string[]>();
  readonly #parts: NamedParts;
  /** By state: what it names and this machine has not. */
  readonly #missing = new Map<string, readonly string[]>();
  /** What checks were last given of the work tree, for telling passes of other runs apart. */
  #carriedNow: string | null = null;
  /** Lock files for which the setup was run. */
  #setUpFor: string | null = null;

  constructor(options: BenchOptions, git: Git) {
    const { place } = git;
    const key = createHash('sha256').update(`${place.top}\0${place.prefix}`).digest('hex').slice(0, 16);
    this.#options = options;
    this.#place = place;
    this.#folder = path.join(options.cache, 'trees', key);
    this.#states = new States(git, path.join(this.#folder, 'scratch'));
    this.#parts = new NamedParts(options.runner, git);
    this.#guardFiles = new GuardFiles(this.#states);
    this.#tree = new CheckTree(options.runner, git, path.join(this.#folder, 'tree'));
  }

  async discover() {
    return Promise.resolve(foundChecks(this.#options.workspace));
  }

  snapshot() {
    return this.#states.snapshot();
  }

  lost(trees: readonly string[]) {
    return this.#states.lost(trees);
  }

  async lastCommit() {
    const commit = await this.#states.head();
    return commit === null ? null : { commit, tree: () => this.#states.treeOf(commit) };
  }

  async committed({ base, baseCommit, persons, now }: Parameters<CheckBench['committed']>[0]) {
    const last = await this.#states.head();
    if (last === null) return null;
    const tree = await this.#states.treeOf(last);
    if (tree === now) return tree;
    const isLost = baseCommit !== null && (await this.#states.lost([baseCommit])).length > 0;
    const spans = [...(isLost ? [] : [{ from: await this.#states.treeOf(baseCommit), to: base }]), ...persons];
    const edited = await Promise.all(spans.map(({ from, to }) => this.#states.differences(from, to)));
    const paths = new Set(edited.flat().map(({ path: file }) => file));
    const left = (await this.#states.differences(tree, now)).filter(({ path: file }) => paths.has(file));
    if (left.length === 0) return tree;
    return this.#states.overlay(
      tree,
      left.map(({ path: file, after: value }) => ({ path: file, value })),
    );
  }

  async compare(states: StatePair, { guards }: EvidenceSettings) {
    return this.#guardFiles.compare(states, globs(guards));
  }

  withPersonsGuards(ground: Ground, edits: PersonsEdits, { guards }: EvidenceSettings) {
    return withPersonsGuards(this.#states, ground, edits, {
      added: globs(guards),
      isSame: (difference) => this.#guardFiles.isSame(difference),
      merged: (guard, of, into) => this.#guardFiles.merged(guard, of, into),
    });
  }

  async crossed(states: StatePair, changes: StateChanges): Promise<Crossed> {
    return Promise.resolve(this.#guardFiles.crossed(states, changes));
  }

  async run(request: CheckRun): Promise<Ran> {
    const { check, tree, evidence, expected, logFile, where } = request;
    if (this.#carriedNow === null) await this.carried(evidence, Infinity);
    const setup = evidence.setup ?? this.#carriedNow;
    const folder = path.join(this.#options.cache, 'results');
    const known = { folder, workspace: toText(this.#place.prefix), check, tree, setup };
    // What lies in the work tree beside the sources is in no key.
    const mayBeKnown = request.mayBeKnown && where === 'clean';
    if (mayBeKnown) {
      const pass = knownPass(known);
      if (pass !== null) return { ...pass, cached: true };
    }
    const place = where === 'clean' ? await this.#enter(tree, evidence, logFile) : this.#inPlace();
    if (place === null) return { ...setUpFailed(expected), cached: false };
    const scratch = path.join(this.#folder, 'scratch');
    const asked = { check, place, expected, scratch, logFile, env: this.#options.env };
    const ran = await runCheck(asked, this.#options.processes);
    if (mayBeKnown) rememberPass(known, ran);
    return { ...ran, cached: false };
  }

  async namedGuards(checks: readonly Check[], tree: string) {
    const known = this.#named.get(tree) ?? (await namedIn(this.#states, toText(this.#place.prefix), { checks, tree }));
    this.#named.set(tree, known);
    return known;
  }

  testFiles(files: readonly string[], trees: readonly string[]) {
    return standingIn(this.#states, toText(this.#place.prefix), { files, trees });
  }

  #inPlace(): Place {
    return { root: this.#place.top, cwd: this.#options.workspace };
  }

  /** Null: what prepares the folder failed, and says why in the log. */
  async #enter(tree: string, evidence: EvidenceSettings, logFile: string): Promise<Place | null> {
    const { carry, keep, setup } = evidence;
    const entries = await this.#states.entries(tree);
    const kept = keep ?? cargoTargets(entries.keys());
    const place = await this.#tree.enter(tree, setup === null ? kept : [...kept, ...carry]);
    this.#missing.set(tree, await this.#parts.bring(place.root, entries));
    if (setup === null) {
      carryAll(this.#place.top, place.root, foldersToCarry((await this.#states.ignored()).folders, carry));
      return place;
    }
    const locks = this.#tree.lockFiles(place);
    if (this.#setUpFor === locks) return place;
    const { processes, env } = this.#options;
    const start = { run: setup, joined: false, cwd: place.cwd, env: ownEnvironment(env), logFile, timeoutMs: SETUP_MS };
    const { exitCode } = await processes.run({ ...start, onLine: () => undefined });
    this.#setUpFor = exitCode === 0 ? locks : null;
    return exitCode === 0 ? place : null;
  }

  async carried({ carry, setup }: EvidenceSettings, since: number) {
    const at = Date.now();
    const ignored = await this.#states.ignored();
    const names = setup === null ? foldersToCarry(ignored.folders, carry) : [];
    const folders = names.map((folder) => lookAtCarried(this.#place.top, folder, since));
    this.#carriedNow = folders.map(({ path: folder, digest }) => `${folder} ${digest}`).join('\n');
    return { at, folders, guards: ignoredGuards(this.#place.top, ignored.files) };
  }

  missing(tree: string) {
    return this.#missing.get(tree) ?? [];
  }

  changed(base: string, now: string) {
    return this.#states.changed(base, now);
  }

  async texts(base: string, now: string, paths: readonly string[]) {
    const differences = await this.#states.differences(base, now);
    const found = new Map<string, { before: string | null; after: string | null }>();
    for (const { path: file, before, after } of differences) {
      if (!paths.includes(file)) continue;
      found.set(file, { before: await this.#states.text(before), after: await this.#states.text(after) });
    }
    return found;
  }

  async tail(log: string) {
    return Promise.resolve(endOf(log));
  }

  async close() {
    this.#tree.remove();
    return Promise.resolve();
  }
}

const SETUP_MS = 30 * 60_000;
