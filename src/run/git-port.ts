/** A path as git has it: its bytes read as latin1, relative to the top of the repository, so that no name is lost. */
export type GitPath = string;

/** What the work tree looked like at one moment: the commit, and what differs from it. */
export interface Observation {
  /** Null in a repository without commits. */
  readonly head: string | null;
  /** Null when HEAD is detached. */
  readonly branch: string | null;
  /** Dirty and untracked paths with a fingerprint of mode and content (`gone` for a deleted file). */
  readonly dirty: ReadonlyMap<GitPath, string>;
}

export interface CommitRequest {
  readonly paths: readonly GitPath[];
  readonly subject: string;
  /** Of some of the paths: what is committed in place of what the work tree holds. */
  readonly contents?: ReadonlyMap<GitPath, Buffer>;
  /** Names the checkpoint for ever; written as a trailer, so that a crash after the commit finds it again. */
  readonly id: string;
  readonly trailers?: readonly string[];
}

export interface CommitResult {
  /** Null: the paths held no change. */
  readonly commit: string | null;
  /** Paths that git could not take (unreadable, a failing filter): left in the work tree. */
  readonly skipped: readonly GitPath[];
}

/** What happened to a repository between two observations of it. */
export interface RepositoryChanges {
  /** Paths that are new, modified or gone since, and those that commits of somebody else touched. */
  readonly paths: readonly GitPath[];
  /** Somebody committed, or moved HEAD elsewhere. */
  readonly headMoved: boolean;
  /** The branch before and after, when it is another one; null where HEAD is detached. */
  readonly branchSwitch: { readonly from: string | null; readonly to: string | null } | null;
  /** Paths that were dirty before and are clean or gone now: what a reset, a clean or a stash takes. */
  readonly vanished: readonly GitPath[];
}

/** Which of the changed paths a checkpoint may take (docs/checkpoints.md). */
export interface PathSelection {
  readonly commit: readonly GitPath[];
  /** Left in the work tree, each with the reason in a few words. Whole folders are named once, with a trailing `/`. */
  readonly leftOut: readonly { readonly path: GitPath; readonly why: string }[];
}

/** The user's uncommitted state, kept as a commit before agents work (docs/checkpoints.md). */
export interface SafetySnapshot {
  readonly ref: string;
  readonly commit: string;
  /** What it holds that no other commit does. */
  readonly paths: readonly GitPath[];
  /** Those that git converts: as they are to the byte in the third parent. */
  readonly exact: ReadonlySet<GitPath>;
  /** Those of which the index held what neither the file nor a commit holds: in the second parent. */
  readonly staged: ReadonlySet<GitPath>;
  /** Those that were no files: the user had deleted them. */
  readonly gone: ReadonlySet<GitPath>;
  /** Dirty, and not in it. */
  readonly leftOut: readonly { readonly path: GitPath; readonly why: string }[];
}

/** Commands of git for a person to paste into a shell. */
export interface PastedGit {
  /** `git`, or as it has to be called from elsewhere than the repository. */
  readonly git: string;
  /** Prints a file as a commit or reference has it. */
  show(revision: string, path: GitPath): string;
}

/** The user's repository, seen and changed only in the ways that docs/checkpoints.md allows. Failures are Problems of kind `git`. */
export interface WorkTree {
  observe(): Promise<Observation>;
  /** The commit at HEAD, where nothing but the state differed from it at the last look; else null, also where there was none yet. */
  cleanHead(): string | null;
  /** What commits changed is told only where the repository still has the commit of `before`. */
  changes(before: Observation, after: Observation): Promise<RepositoryChanges>;
  /** Whether the repository has this commit: a new clone, a pruned or a new repository may not. */
  knows(commit: string): Promise<boolean>;
  /**
   * Applies the leave-out rules to paths that agents changed; `before` tells what the operator had changed already. `below`: the folder
   * (ending in `/`) from which on names are an agent's choice, in place of the workspace.
   */
  select(changed: readonly GitPath[], before: Observation, below?: GitPath): PathSelection;
  /** `observation` as if these paths had been committed just now as `commit`. */
  afterCommit(observation: Observation, paths: readonly GitPath[], commit: string): Observation;
  /** An observation as plain JSON, exact to the byte, and back; null for what is not one. */
  encode(observation: Observation): unknown;
  decode(document: unknown): Observation | null;
  /** Commits exactly these paths as they are now, leaving the user's index as it was. */
  commit(request: CommitRequest): Promise<CommitResult>;
  /**
   * Those of the paths whose file, or name, holds the shape of a secret that it did not hold at HEAD. With `since`: what HEAD has of them,
   * held against that commit.
   */
  withNewTokens(paths: readonly GitPath[], since: string | null): Promise<readonly GitPath[]>;
  /** A checkpoint with this id made since `head`; mends the index when the crash came before that. */
  find(id: string, head: string | null): Promise<string | null>;
  /**
   * Keeps a commit that HEAD's history has no more, and names the reference; `gone`: it is not in the repository; null: HEAD has it,
   * or with `elsewhere` some branch or tag.
   */
  keepDropped(
    commit: string,
    where: { readonly elsewhere: boolean },
  ): Promise<{ readonly ref: string } | 'gone' | null>;
  /** Lets the reference of this run point to its latest checkpoint, which then outlives branches and their rewriting. */
  markRun(runId: string, commit: string): Promise<void>;
  /** Keeps what the user has not committed under this name; null: there is nothing. */
  snapshot(name: string): Promise<SafetySnapshot | null>;
  /** Fingerprints of these files, whatever git takes them for; the same as long as nobody changes them. */
  prints(paths: Iterable<GitPath>): ReadonlyMap<GitPath, string>;
  /** A snapshot of an earlier start, with only those of its paths whose files are something else now; null: it is there no more. */
  changedSince(ref: string): Promise<SafetySnapshot | null>;
  /** Lets the reference of a snapshot lead to it again, should an agent have removed or moved it; false: the repository has it no more. */
  keepAgain(snapshot: SafetySnapshot): Promise<boolean>;
  dropSnapshot(snapshot: SafetySnapshot): Promise<void>;
  /** What a merge, rebase or the like leaves: its name, or null. */
  operationInProgress(): string | null;
  /** Converts between git's paths and paths relative to the workspace; null for a path outside the workspace. */
  toWorkspace(path: GitPath): string | null;
  fromWorkspace(path: string): GitPath;
  /** For the screen: control characters escaped. */
  show(path: GitPath): string;
  readonly pasted: PastedGit;
}
