import path from 'node:path';
import { Problem } from '../core/problem.ts';
import type {
  CommitRequest,
  CommitResult,
  GitPath,
  Observation,
  PastedGit,
  PathSelection,
  RepositoryChanges,
  SafetySnapshot,
} from '../run/git-port.ts';
import { afterCommit, compareObservations, decodeObservation, encodeObservation } from './changes.ts';
import type { DiedCall } from './call-record.ts';
import { attemptCheckpoint, type CheckpointOptions, type View } from './checkpoint.ts';
import { changedBetween, hasCommit, type IgnoreState, ignoreStateOf } from './coverage.ts';
import { DependencyFolders } from './dependency-folders.ts';
import { look } from './look.ts';
import { changedSince } from './kept.ts';
import { keepDropped } from './dropped.ts';
import { putBackOwn } from './draft.ts';
import { hindrance, inTheMiddle } from './hindrance.ts';
import { Fingerprints, lstat } from './fingerprints.ts';
import type { Git } from './git.ts';
import { clearLeftLocks, leftLocks } from './stale-locks.ts';
import { pathsWithNewTokens } from './new-tokens.ts';
import { overlookedFiles } from './overlooked.ts';
import { readOperation, type Operation } from './operation.ts';
import { fromText, isStateBelow, pathDisplay, toText } from './paths.ts';
import { pastedGit } from './pasted.ts';
import { indexStamp } from './private-index.ts';
import { findCheckpoint, mendIndex } from './recovery.ts';
import { isMachineState, selectPaths } from './selection.ts';
import { markRun } from './run-ref.ts';
import { keepAgain, takeSnapshot } from './snapshot.ts';
import { ABSENT, dirtyPaths, without } from './status.ts';
import { findUnshown, type Unshown } from './unshown.ts';
import type { GitWorkTree } from './work-tree-port.ts';

const MOST_ATTEMPTS = 5;

export interface WorkTreeOptions extends CheckpointOptions {
  /** Lifts the leave-out rules (setting `runtime.commit_everything`). */
  readonly commitEverything: boolean;
}

export class RepositoryWorkTree implements GitWorkTree {
  readonly identityMissing: boolean;
  readonly top: string;
  readonly gitFolder: string;
  readonly pasted: PastedGit;
  readonly afterCommit = afterCommit;
  readonly encode = encodeObservation;
  readonly show = pathDisplay;
  readonly decode = decodeObservation;
  readonly knows = (commit: string): Promise<boolean> => hasCommit(this.#git, commit);
  readonly keepAgain = (snapshot: SafetySnapshot): Promise<boolean> => keepAgain(this.#git, snapshot);
  readonly changedSince = (ref: string): Promise<SafetySnapshot | null> => changedSince(this.#git, ref);
  readonly prints = (paths: Iterable<GitPath>): ReadonlyMap<GitPath, string> => this.#ofFiles.ofPaths(paths);
  readonly #git: Git;
  readonly #options: WorkTreeOptions;
  readonly #fingerprints: Fingerprints;
  /** Of files, whatever their status. */
  readonly #ofFiles: Fingerprints;
  readonly #folders: DependencyFolders;
  #view: View | null = null;
  /** Foreseen for the next snapshot. */
  #overlooked: Promise<readonly GitPath[]> | null = null;

  constructor(git: Git, options: WorkTreeOptions) {
    this.#git = git;
    this.#options = options;
    this.#fingerprints = new Fingerprints(git.place.top);
    this.#ofFiles = new Fingerprints(git.place.top);
    this.#folders = new DependencyFolders(git);
    this.identityMissing = options.identityMissing;
    this.top = git.place.top;
    this.gitFolder = git.place.gitDir;
    this.pasted = pastedGit(path.resolve(this.top, toText(git.place.prefix)));
  }

  async observe(): Promise<Observation> {
    const { status } = await this.#look();
    return { head: status.head, branch: status.branch, dirty: this.#fingerprints.of(status) };
  }

  cleanHead(): string | null {
    const { status } = this.#view ?? {};
    if (status === undefined || status.nested.length > 0) return null;
    const isClean = [...dirtyPaths(status)].every((file) => isStateBelow(this.#git.place.prefix, file));
    return isClean ? status.head : null;
  }

  async commit({ paths, ...words }: CommitRequest): Promise<CommitResult> {
    const request = { ...words, paths: paths.filter((file) => !isMachineState(file, this.#git.place.prefix)) };
    for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt++) {
      const view = this.#view ?? (await this.#look());
      this.#git.requireSame();
      this.#refuseInOperation();
      const result = await attemptCheckpoint(this.#git, view, request, this.#options);
      if (result.kind === 'made') {
        const { commit, skipped, stamp } = result;
        this.#view =
          stamp === null ? null : { stamp, status: without(view.status, request.paths, { commit, skipped }) };
        return { commit, skipped };
      }
      if (result.kind === 'empty') return { commit: null, skipped: result.skipped };
      this.#view = null;
      const commit = result.kind === 'interrupted' ? await this.find(request.id, view.status.head) : null;
      if (commit !== null) return { commit, skipped: result.skipped };
    }
    throw new Problem(
      'git',
      `The checkpoint "${request.subject}" could not be made: the repository at ${this.top} kept changing`,
      'End what else commits or stages there, then resume the run.',
    );
  }

  withNewTokens(paths: readonly GitPath[], since: string | null): Promise<readonly GitPath[]> {
    return pathsWithNewTokens(this.#git, paths, since);
  }

  async find(id: string, head: string | null): Promise<string | null> {
    const commit = await findCheckpoint(this.#git, id, head);
    if (commit !== null) {
      await mendIndex(this.#git, commit, this.#options.lockWaitMs);
      this.#view = null;
    }
    return commit;
  }

  operationInProgress(): Operation | 'unmerged paths' | null {
    const unmerged = this.#view !== null && this.#view.status.unmerged.length > 0;
    return readOperation(this.#git.place.gitDir) ?? (unmerged ? 'unmerged paths' : null);
  }

  async hindrance(died: DiedCall | null): Promise<Problem | null> {
    // What the files tell needs no status, which may fail then.
    const { place } = this.#git;
    const operation = readOperation(place.gitDir);
    const told = operation === null ? leftLocks(place, died).stale : inTheMiddle(operation);
    if (told !== null) return told;
    const { status } = this.#view ?? (await this.#look());
    return hindrance(this.#git, status);
  }

  async changes(before: Observation, after: Observation): Promise<RepositoryChanges> {
    const inCommits = before.head === after.head ? [] : await changedBetween(this.#git, before.head, after.head);
    const changes = compareObservations(before, after, inCommits);
    await this.#folders.learn(changes.paths, (file) => this.#isNew(file));
    return changes;
  }

  select(changed: readonly GitPath[], before: Observation, below?: GitPath): PathSelection {
    const prefix = below ?? this.#git.place.prefix;
    return selectPaths(
      { changed, dirtyBefore: before.dirty, commitEverything: this.#options.commitEverything },
      {
        prefix,
        isNew: (file) => this.#isNew(file),
        size: (file) => {
          const stats = lstat(this.top, file);
          return stats === null ? null : Number(stats.size);
        },
        inHead: (folder) => this.#folders.inHead(folder),
      },
    );
  }

  ignoreState(folder: string): Promise<IgnoreState> {
    return ignoreStateOf(this.#git, folder);
  }

  async uncovered(): Promise<GitPath[]> {
    return [...(this.#view ?? (await this.#look())).status.nested];
  }

  unshown(since: number): Promise<Unshown> {
    return findUnshown(this.#git, since);
  }

  keepDropped(commit: string, where: { readonly elsewhere: boolean }): Promise<{ ref: string } | 'gone' | null> {
    return keepDropped(this.#git, commit, where);
  }

  markRun(runId: string, commit: string): Promise<void> {
    return markRun(this.#git, runId, commit);
  }

  async snapshot(name: string): Promise<SafetySnapshot | null> {
    const isOurs = (file: GitPath) => isStateBelow(this.#git.place.prefix, file);
    const known = this.#view?.stamp === indexStamp(this.#git.place) ? this.#view : await this.#look();
    const overlooked = await (this.#overlooked ?? overlookedFiles(this.#git));
    this.#overlooked = null;
    return takeSnapshot(this.#git, known, { name, isOurs, overlooked });
  }

  foreseeSnapshot(): void {
    this.#overlooked = overlookedFiles(this.#git);
    this.#overlooked.catch(() => undefined); // Whoever takes the snapshot hears of it.
  }

  async dropSnapshot({ ref, commit }: SafetySnapshot): Promise<void> {
    await this.#git.output(['update-ref', '-d', ref, commit]);
  }

  clearLeftLocks(died: DiedCall | null): readonly string[] {
    return clearLeftLocks(this.#git.place, died);
  }

  async close(): Promise<void> {
    try {
      putBackOwn(this.gitFolder);
    } finally {
      await this.#git.close();
    }
  }

  toWorkspace(file: GitPath): string | null {
    const { prefix } = this.#git.place;
    return file.startsWith(prefix) ? toText(file.slice(prefix.length)) : null;
  }

  fromWorkspace(file: string): GitPath {
    return `${this.#git.place.prefix}${fromText(file)}`;
  }

  async #look(): Promise<View> {
    this.#view = await look(this.#git);
    return this.#view;
  }

  #refuseInOperation(): void {
    const operation = this.operationInProgress();
    if (operation === null) return;
    throw new Problem(
      'unsettled',
      `The repository at ${this.top} is in the middle of something: ${operation}`,
      'Finish or abort it, then resume the run.',
    );
  }

  #isNew(file: GitPath): boolean {
    const status = this.#view?.status;
    const entry = status?.tracked.get(file);
    return entry === undefined ? status?.untracked.has(file) === true : entry.headMode === ABSENT;
  }
}
