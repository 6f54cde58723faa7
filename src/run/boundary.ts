import { STATE_FOLDER } from '../core/state-folder.ts';
import type { GitPath, Observation, PathSelection, RepositoryChanges, WorkTree } from './git-port.ts';

/** Nothing was there before. */
const UNSEEN: Observation = { head: null, branch: null, dirty: new Map() };

/** A turn that has ended: what the work tree was before and after, and what changed between. */
export interface EndedTurn {
  readonly before: Observation;
  readonly after: Observation;
  readonly changes: RepositoryChanges;
}

/**
 * The work tree as it was at the last boundary between turns, so that what a turn changed can be told from what was there before.
 * After a checkpoint the next baseline is derived from the observation before it; it is taken anew when a pause lay between.
 */
export class Boundary {
  readonly git: WorkTree;
  /** Shown names of what agents changed and checkpoints left out, for the end of the run. */
  readonly leftOut = new Set<string>();
  /** Shown names of what was committed with the shape of a secret in it, or as a copy without. */
  readonly withTokens = new Set<string>();
  readonly redacted = new Set<string>();
  readonly #taskFolder: string;
  #before: Observation | null = null;
  #ended: EndedTurn | null = null;
  #hasStrayed = false;

  constructor(git: WorkTree, taskFolder: string) {
    this.git = git;
    this.#taskFolder = taskFolder;
  }

  /** The work tree before a turn. */
  async begin(): Promise<Observation> {
    return (this.#before ??= await this.git.observe());
  }

  /** Goes on with a baseline that an earlier start recorded. */
  resumeFrom(before: Observation): void {
    this.#before = before;
    this.#ended = null;
  }

  /** What changed since `begin`. */
  async end(): Promise<EndedTurn> {
    const before = await this.begin();
    const after = await this.git.observe();
    this.#ended = { before, after, changes: await this.git.changes(before, after) };
    return this.#ended;
  }

  /** An agent has switched the branch: what belongs on which one is for the operator to say, so nothing is committed any more. */
  stray(): void {
    this.#hasStrayed = true;
  }

  get hasStrayed(): boolean {
    return this.#hasStrayed;
  }

  /** The turn that no checkpoint has followed yet. */
  get ended(): EndedTurn | null {
    return this.#ended;
  }

  /** After a checkpoint of `paths`: the next baseline is what is left of `seen`. */
  committed(seen: Observation, paths: readonly GitPath[], commit: string | null): void {
    this.#before = commit === null ? seen : this.git.afterCommit(seen, paths, commit);
    this.#ended = null;
  }

  /** After a checkpoint of the task's own files: whatever an agent has left in the sources since the baseline is still an agent's. */
  committedTask(seen: Observation, paths: readonly GitPath[], commit: string | null): void {
    this.committed(this.#before ?? seen, paths, commit);
  }

  /** After a checkpoint was found that an earlier start had made. One of the task's own files leaves the baseline as it was. */
  found(commit: string, isTask: boolean): void {
    this.#before = isTask && this.#before !== null ? this.git.afterCommit(this.#before, [], commit) : null;
    this.#ended = null;
  }

  /** Somebody else may have been at work: the next baseline is looked at, not derived. */
  forget(): void {
    this.#before = null;
    this.#ended = null;
  }

  /** A path of this task's state. */
  isOfTask(path: GitPath): boolean {
    return this.git.toWorkspace(path)?.startsWith(`${this.#taskFolder}/`) === true;
  }

  isArtifact(path: GitPath): boolean {
    return this.isOfTask(path) && path.includes('/artifacts/');
  }

  /** What a checkpoint takes of the task's files: by the rules for sources, but for the names above them, which a person chose. */
  selectOfTask(paths: readonly GitPath[]): PathSelection {
    return this.git.select(paths, UNSEEN, this.git.fromWorkspace(`${this.#taskFolder}/`));
  }

  /** State of this program, this task's or not. What agents change in it is told by the artifacts, not by git. */
  isState(path: GitPath): boolean {
    return this.git.toWorkspace(path)?.startsWith(`${STATE_FOLDER}/`) === true;
  }
}
