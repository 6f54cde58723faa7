import type { CommitResult, GitPath } from '../run/git-port.ts';
import { toText } from './paths.ts';

/** One boundary costs one of these. No renames: a rename is a deletion and a new file. */
export const STATUS = [
  'status',
  '--porcelain=v2',
  '--branch',
  '-z',
  '--untracked-files=all',
  '--no-renames',
  '--ignore-submodules=dirty',
  '--no-ahead-behind',
];

/** A path of HEAD or the index that differs (source: git-status(1), "Changed Tracked Entries"). Modes in octal, 000000: absent. */
export interface TrackedEntry {
  /** HEAD against the index: `.` when equal. */
  readonly staged: string;
  /** The index against the work tree: `.` when equal. */
  readonly unstaged: string;
  /** `N...`, or for a submodule `S` and three flags. */
  readonly submodule: string;
  readonly headMode: string;
  readonly indexMode: string;
  readonly fileMode: string;
  readonly headId: string;
  readonly indexId: string;
}

export const ABSENT = '000000';

export interface Status {
  readonly head: string | null;
  readonly branch: string | null;
  readonly tracked: ReadonlyMap<GitPath, TrackedEntry>;
  readonly untracked: ReadonlySet<GitPath>;
  /** Repositories within the work tree that are no submodules; ending in `/`. */
  readonly nested: readonly GitPath[];
  readonly unmerged: readonly GitPath[];
}

/** Reads what `git status` printed, as bytes. A line of an unknown kind is skipped: git reserves the right to add some. */
export function parseStatus(output: Buffer): Status {
  const tracked = new Map<GitPath, TrackedEntry>();
  const untracked = new Set<GitPath>();
  const nested: GitPath[] = [];
  const unmerged: GitPath[] = [];
  const header = new Map<string, string>();
  for (const line of output.toString('latin1').split('\0')) {
    const [kind, ...fields] = line.split(' ');
    const rest = (count: number) => fields.slice(count).join(' ');
    if (kind === '#') header.set(fields[0] ?? '', rest(1));
    else if (kind === '1') tracked.set(rest(7), entry(fields));
    else if (kind === 'u') unmerged.push(rest(9));
    else if (kind === '?') {
      if (line.endsWith('/')) nested.push(rest(0));
      else untracked.add(rest(0));
    }
  }
  const commit = header.get('branch.oid') ?? '(initial)';
  const branch = header.get('branch.head') ?? '(detached)';
  return {
    head: commit === '(initial)' ? null : commit,
    branch: branch === '(detached)' ? null : toText(branch),
    tracked,
    untracked,
    nested,
    unmerged,
  };
}

function entry(fields: readonly string[]): TrackedEntry {
  const [change = '..', submodule = 'N...', headMode = ABSENT, indexMode = ABSENT, fileMode = ABSENT] = fields;
  return {
    staged: change.charAt(0),
    unstaged: change.charAt(1),
    submodule,
    headMode,
    indexMode,
    fileMode,
    headId: fields[5] ?? '',
    indexId: fields[6] ?? '',
  };
}

/** Everything that differs from HEAD. */
export function dirtyPaths(status: Status): Set<GitPath> {
  return new Set([...status.tracked.keys(), ...status.untracked, ...status.unmerged]);
}

/** The status after a commit: only the paths that it did not take differ still. */
export function without(status: Status, paths: readonly GitPath[], result: CommitResult): Status {
  const tracked = new Map(status.tracked);
  const untracked = new Set(status.untracked);
  for (const file of paths) {
    if (result.skipped.includes(file)) continue;
    tracked.delete(file);
    untracked.delete(file);
  }
  return { ...status, head: result.commit, tracked, untracked };
}
