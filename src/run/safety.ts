import type { GitPath, SafetySnapshot, WorkTree } from './git-port.ts';
import type { Loop } from './loop.ts';

const MOST_NAMED = 20;

/** What the user had not committed when a start began to work, and how it looked. */
export interface Safety {
  readonly snapshot: SafetySnapshot;
  readonly prints: ReadonlyMap<string, string>;
}

/** Keeps what no commit holds before agents can write over it (docs/checkpoints.md). Null: there is nothing, or no git. */
export async function makeSafe(loop: Loop): Promise<Safety | null> {
  const { boundary, state } = loop;
  if (boundary === null) return null;
  const snapshot = await boundary.git.snapshot(state.run.runId ?? 'run');
  if (snapshot === null) return null;
  for (const { path, why } of snapshot.leftOut) {
    await loop.notice(
      'left_uncommitted',
      `not in the snapshot of your uncommitted files: ${boundary.git.show(path)} (${why})`,
    );
  }
  await loop.notice('safety_snapshot', snapshot.ref);
  const { dirty } = await boundary.begin();
  return { snapshot, prints: new Map(snapshot.paths.map((path) => [path, dirty.get(path) ?? ''])) };
}

/** Names at the end what was changed of it, with the command that shows the user's version; an untouched snapshot of a success goes. */
export async function settleSafety(loop: Loop, safety: Safety | null): Promise<void> {
  const { boundary, ports, state } = loop;
  if (safety === null || boundary === null) return;
  const { ref } = safety.snapshot;
  try {
    const { dirty } = await boundary.git.observe();
    const moved = [...safety.prints].filter(([path, print]) => dirty.get(path) !== print).map(([path]) => path);
    // What was committed as it was is not lost: its commit holds it.
    const isClean = moved.some((path) => !dirty.has(path));
    const differing = isClean ? await boundary.git.differsFromHead(safety.snapshot) : new Set();
    const changed = moved.filter((path) => dirty.has(path) || differing.has(path));
    for (const path of changed.slice(0, MOST_NAMED)) {
      const name = boundary.git.show(path);
      const before = asItWas(boundary.git, safety.snapshot, path);
      ports.narrator.warn(`${name}, uncommitted when this start began, was changed since; ${before}`);
    }
    const more = changed.length - MOST_NAMED;
    if (more > 0)
      ports.narrator.warn(`and ${more} more of your files: ${boundary.git.pasted.git} diff --stat ${ref} shows them`);
    if (changed.length === 0 && state.finished?.status === 'success') await boundary.git.dropSnapshot(safety.snapshot);
  } catch {
    // Why the repository cannot be asked any more is what ended the run, and is said.
    ports.narrator.warn(`what you had not committed when the run began is kept as ${ref}`);
  }
}

/** The commands that show what the user had: the file, and what was staged where that is something else. */
function asItWas(git: WorkTree, { ref, gone, staged }: SafetySnapshot, path: GitPath): string {
  const commands = [
    ...(gone.has(path) ? [] : [`as it was: ${git.pasted.show(ref, path)}`]),
    ...(staged.has(path) ? [`as it was staged: ${git.pasted.show(`${ref}^2`, path)}`] : []),
  ];
  return commands.join('; ') || 'you had deleted it';
}
