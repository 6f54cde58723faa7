import type { GitPath, SafetySnapshot, WorkTree } from './git-port.ts';
import type { Loop } from './loop.ts';

const MOST_NAMED = 20;

/** What the user had not committed when a start began to work, and how it looked. */
export interface Safety {
  /** Null: there was nothing. */
  readonly snapshot: SafetySnapshot | null;
  readonly prints: ReadonlyMap<GitPath, string>;
  /** The snapshots of earlier starts that were killed before they could name what was changed of them. */
  readonly unheard: readonly string[];
}

/** Keeps what no commit holds before agents can write over it (docs/checkpoints.md). Null: no git. */
export async function makeSafe(loop: Loop, unheard: readonly string[]): Promise<Safety | null> {
  const { boundary, state } = loop;
  if (boundary === null) return null;
  const snapshot = await boundary.git.snapshot(state.run.runId ?? 'run');
  if (snapshot === null) return { snapshot, prints: new Map(), unheard };
  for (const { path, why } of snapshot.leftOut) {
    await loop.notice(
      'left_uncommitted',
      `not in the snapshot of your uncommitted files: ${boundary.git.show(path)} (${why})`,
    );
  }
  await loop.notice('safety_snapshot', snapshot.ref);
  return { snapshot, prints: boundary.git.prints(snapshot.paths), unheard };
}

/** Names at the end what was changed of it, with the command that shows the user's version; an untouched snapshot of a success goes. */
export async function settleSafety(loop: Loop, safety: Safety | null): Promise<void> {
  const { boundary, ports } = loop;
  if (safety === null || boundary === null) return;
  const { snapshot, prints, unheard } = safety;
  const refs = [...unheard, ...(snapshot === null ? [] : [snapshot.ref])];
  try {
    for (const ref of unheard) {
      const kept = await boundary.git.changedSince(ref);
      if (kept !== null) await settle(loop, kept, { changed: kept.paths, when: 'an earlier start that was killed' });
    }
    if (snapshot === null) return;
    if (!(await boundary.git.keepAgain(snapshot))) {
      ports.narrator.warn(
        `what you had not committed was kept as ${snapshot.ref}, and was taken out of the repository`,
      );
      return;
    }
    const now = boundary.git.prints(snapshot.paths);
    const changed = snapshot.paths.filter((path) => now.get(path) !== prints.get(path));
    await settle(loop, snapshot, { changed, when: 'this start' });
  } catch {
    // Why the repository cannot be asked any more is what ended the run, and is said.
    for (const ref of refs) ports.narrator.warn(`what you had not committed when the run began is kept as ${ref}`);
  }
}

interface Changed {
  readonly changed: readonly GitPath[];
  readonly when: string;
}

async function settle(loop: Loop, snapshot: SafetySnapshot, { changed, when }: Changed): Promise<void> {
  const { boundary, ports, state } = loop;
  if (boundary === null) return;
  for (const path of changed.slice(0, MOST_NAMED)) {
    const before = asItWas(boundary.git, snapshot, path);
    ports.narrator.warn(`${boundary.git.show(path)}, uncommitted when ${when} began, was changed since; ${before}`);
  }
  const more = changed.length - MOST_NAMED;
  const stat = `${boundary.git.pasted.git} diff --stat ${snapshot.ref}`;
  if (more > 0) ports.narrator.warn(`and ${more} more of your files: ${stat} shows them`);
  if (changed.length === 0 && state.finished?.status === 'success') await boundary.git.dropSnapshot(snapshot);
}

/** The commands that show what the user had: the file, and what was staged where that is something else. */
function asItWas(git: WorkTree, { ref, exact, gone, staged }: SafetySnapshot, path: GitPath): string {
  const commands = [
    ...(gone.has(path) ? [] : [`as it was: ${git.pasted.show(exact.has(path) ? `${ref}^3` : ref, path)}`]),
    ...(staged.has(path) ? [`as it was staged: ${git.pasted.show(`${ref}^2`, path)}`] : []),
  ];
  return commands.join('; ') || 'you had deleted it';
}
