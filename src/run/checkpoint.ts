import type { EventOf } from '../core/events.ts';
import { type Checkpoint, checkpointFields, type Selects } from '../core/checkpoints.ts';
import type { Boundary } from './boundary.ts';
import { nameTokens, withoutSecrets } from './secrets.ts';
import type { Loop } from './loop.ts';
import type { CommitRequest, GitPath, Observation } from './git-port.ts';

/** Commits what the checkpoint selects, or finds the commit that a crash kept from being logged (docs/checkpoints.md). */
export async function makeCheckpoint(loop: Loop, checkpoint: Checkpoint): Promise<EventOf<'checkpoint'>> {
  const { boundary } = loop;
  const fields = checkpointFields(checkpoint);
  const { selects } = checkpoint;
  if (boundary === null) return { ...fields, commit: null };
  const id = checkpointId(loop);
  const lost = await loop.findLostCheckpoint(id);
  if (lost !== null) {
    await markRun(loop, lost);
    boundary.found(lost, selects === 'task');
    return { ...fields, commit: lost };
  }
  return { ...fields, commit: await commitSelected(loop, { subject: fields.subject, selects, id }) };
}

interface Watched {
  /** Called once the work tree has been looked at, before anything is committed. */
  readonly hasLooked?: (() => void) | undefined;
}

/** Commits what `selects` says, as a checkpoint named `id`; null when that is nothing. */
export async function commitSelected(
  loop: Loop,
  { subject, selects, id, hasLooked }: { subject: string; selects: Selects; id: string } & Watched,
): Promise<string | null> {
  if (loop.boundary === null) return null;
  const { paths, seen } = await pathsFor(loop, loop.boundary, selects);
  hasLooked?.();
  const { commit, taken } = await commitPaths(loop, { subject, paths, id });
  if (selects === 'task') loop.boundary.committedTask(seen, taken, commit);
  else loop.boundary.committed(seen, taken, commit);
  return commit;
}

/** A commit of the task's folder that no event follows. */
export async function commitTask(
  loop: Loop,
  { subject, name, hasLooked }: { subject: string; name: string } & Watched,
): Promise<void> {
  const id = `${loop.state.run.runId ?? loop.ports.store.taskFolder}/${name}`;
  if ((await loop.findLostCheckpoint(id)) !== null) return;
  await commitSelected(loop, { subject, selects: 'task', id, hasLooked });
}

/** The identity of the checkpoint that is due: the same each time it is tried, another for each that was made. */
export function checkpointId(loop: Loop): string {
  return `${loop.state.run.runId ?? 'run'}/${loop.state.checkpoints}`;
}

/** Commits these paths as they are now; `commit` is null when they hold no change. What git could not take is named. */
export async function commitPaths(
  loop: Loop,
  request: CommitRequest,
): Promise<{ commit: string | null; taken: readonly GitPath[] }> {
  const { boundary } = loop;
  if (boundary === null || request.paths.length === 0) return { commit: null, taken: [] };
  const { paths, contents, tokens } = await withoutSecrets(loop, boundary, request.paths);
  const { commit, skipped } = await boundary.git.commit({ ...request, paths, contents });
  if (commit !== null) await nameTokens(loop, boundary, { copies: [...contents.keys()], tokens });
  if (commit !== null) await markRun(loop, commit);
  await nameLeftOut(
    loop,
    boundary,
    skipped.map((path) => ({ path, why: 'git could not read it' })),
  );
  return { commit, taken: paths.filter((path) => !skipped.includes(path)) };
}

async function markRun({ boundary, state }: Loop, commit: string): Promise<void> {
  if (state.run.runId !== null) await boundary?.git.markRun(state.run.runId, commit);
}

/** The sources that agents changed and a checkpoint may take; what stays out is named once. */
export async function takeable(
  loop: Loop,
  boundary: Boundary,
  changed: readonly GitPath[],
  before: Observation,
): Promise<GitPath[]> {
  const isSetting = (path: GitPath) => CONFIGURATION.test(boundary.git.toWorkspace(path) ?? '');
  const why = 'settings are yours to make, and it changed during a turn';
  await nameLeftOut(
    loop,
    boundary,
    changed.filter(isSetting).map((path) => ({ path, why })),
  );
  const sources = changed.filter((path) => !boundary.isState(path) && !isSetting(path));
  const { commit, leftOut } = boundary.git.select(sources, before);
  await nameLeftOut(loop, boundary, leftOut);
  return [...commit];
}

/** What this program takes its settings from is in force for everybody who pulls: no agent's turn commits it. */
const CONFIGURATION = /^(?:autoloop|superloop)\.(?:yaml|config)$/;

interface Chosen {
  readonly paths: readonly GitPath[];
  readonly seen: Observation;
}

async function pathsFor(loop: Loop, boundary: Boundary, selects: Selects): Promise<Chosen> {
  if (selects === 'task') {
    const seen = boundary.ended?.after ?? (await boundary.git.observe());
    return { paths: await taskPaths(loop, boundary, seen), seen };
  }
  const { before, after: seen, changes } = boundary.ended ?? (await boundary.end());
  const edits = await takeable(loop, boundary, changes.paths, before);
  if (selects === 'source_edits') return { paths: edits, seen };
  // Bookkeeping alone is no change of an agent: it travels with the next checkpoint.
  const isWorthIt = selects === 'agent_edits_and_task' || loop.state.active?.turn?.outcome?.changed === true;
  return { paths: isWorthIt ? [...edits, ...(await taskPaths(loop, boundary, seen))] : [], seen };
}

/** The dirty files of the task's folder, and what the loop has written since they were looked at. */
export async function taskPaths(loop: Loop, boundary: Boundary, seen: Observation): Promise<GitPath[]> {
  if (!loop.settings.runtime.trackArtifacts) return [];
  const dirty = [...seen.dirty.keys()].filter((path) => boundary.isOfTask(path));
  const written = loop.ports.store
    .bookkeeping(loop.state.active?.scope ?? null)
    .map((path) => boundary.git.fromWorkspace(path));
  // What is left out of the sources is left out here, too: an agent may have put it in the place of a file of ours.
  const { commit, leftOut } = boundary.selectOfTask([...new Set([...dirty, ...written])]);
  await nameLeftOut(loop, boundary, leftOut);
  return [...commit];
}

async function nameLeftOut(
  loop: Loop,
  boundary: Boundary,
  leftOut: readonly { path: GitPath; why: string }[],
): Promise<void> {
  for (const { path, why } of leftOut) {
    const name = boundary.git.show(path);
    if (isCommitted(boundary, path)) {
      await nameCommitted(loop, boundary, { name, why });
      continue;
    }
    if (boundary.leftOut.has(name)) continue;
    boundary.leftOut.add(name);
    await loop.notice('left_uncommitted', `left uncommitted: ${name} (${why})`);
  }
}

/** Whether an agent has committed by itself what a checkpoint leaves out. A name with a slash at its end is all that is below it. */
function isCommitted({ ended }: Boundary, path: GitPath): boolean {
  if (ended?.changes.headMoved !== true) return false;
  const { dirty } = ended.after;
  return !(path.endsWith('/') ? [...dirty.keys()].some((file) => file.startsWith(path)) : dirty.has(path));
}

async function nameCommitted(
  loop: Loop,
  boundary: Boundary,
  { name, why }: { readonly name: string; readonly why: string },
): Promise<void> {
  boundary.leftOut.delete(name);
  await loop.notice(
    'left_out_committed',
    `the agent has committed by itself what a checkpoint leaves out: ${name} (${why})`,
  );
}
