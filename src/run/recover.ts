import { subjectOf } from '../core/checkpoints.ts';
import { editsOf } from '../core/pair.ts';
import type { TurnRecord } from '../core/steps.ts';
import type { Scope } from '../core/vocabulary.ts';
import type { Boundary } from './boundary.ts';
import { checkpointId, commitPaths, takeable, taskPaths } from './checkpoint.ts';
import type { Loop, Performed } from './loop.ts';
import { putTicksBack } from './mend-artifacts.ts';
import type { GitPath, Observation } from './git-port.ts';

/**
 * Commits what an interrupted turn had changed, against the baseline recorded when it began, under the subject of that turn's
 * own checkpoint. Where the turn's end was seen, its changes were recorded with their hashes: what a person changed since is
 * left alone and named. After a kill the two cannot be told apart: everything is committed and listed (docs/checkpoints.md), but for the
 * boxes of criteria.md, which are as they were before the turn.
 */
export async function recoverEdits(loop: Loop, scope: Scope, turn: TurnRecord | null): Performed {
  const { boundary, state } = loop;
  const { pair, phaseId } = scope;
  await putTicksBack(loop, scope, turn);
  if (boundary === null || turn === null || state.active === null) {
    return loop.record(recovered(scope, turn, null, 0));
  }
  const lost = await loop.findLostCheckpoint(checkpointId(loop));
  if (lost !== null) {
    boundary.forget();
    return loop.record(recovered(scope, turn, lost, 0));
  }
  const sources = await sourcesOf(loop, boundary, turn);
  if (turn.role === 'verifier') await noticeStrays(loop, { scope, ...turn }, sources);
  const areStray = isStrict(loop) && turn.role === 'verifier' && sources.length > 0;
  const paths = areStray ? sources : await withTask(loop, { scope, turn, sources });
  const kind = areStray ? 'verifier_edits' : editsOf(turn.role);
  const subject = subjectOf({ kind, place: { scope, ...turn, cycle: state.active.cycle } });
  const trailers = [`Autoloop-Recovered: ${pair}${phaseId === null ? '' : ` ${phaseId}`}, turn ${turn.number}`];
  const { commit } = await commitPaths(loop, { subject, paths, id: checkpointId(loop), trailers });
  boundary.forget();
  const files = paths.filter((path) => !boundary.isOfTask(path)).map((path) => boundary.git.show(path));
  return loop.record({
    ...recovered(scope, turn, commit, paths.length),
    files: files.slice(0, 100),
    end_seen: turn.edits !== null,
  });
}

/** Artifacts and bookkeeping go with sources, or by themselves if the turn had changed artifacts. */
async function withTask(
  loop: Loop,
  { scope, turn, sources }: { scope: Scope; turn: TurnRecord; sources: readonly GitPath[] },
): Promise<readonly GitPath[]> {
  const { boundary, ports } = loop;
  if (boundary === null) return [];
  const since = { before: turn.artifacts, cycle: turn.cycle };
  if (sources.length === 0 && (await ports.store.artifacts.isUntouched(scope, since))) return [];
  const seen = boundary.ended?.after ?? (await boundary.git.observe());
  return [...sources, ...(await taskPaths(loop, boundary, seen))];
}

const isStrict = ({ settings }: Loop) => settings.runtime.verifierScope === 'strict';

/** Goes on with the baseline of a turn that ended before a stop. `head`: the commit that it is held against by now. */
export async function restoreBaseline(loop: Loop, turn: TurnRecord, head = turn.head): Promise<void> {
  if (loop.boundary === null) return;
  const before = await baselineOf(loop, turn);
  if (before === null) return nameEverything(loop.boundary);
  // On whichever branch the run is resumed, it goes on there.
  const { branch } = await loop.boundary.begin();
  loop.boundary.resumeFrom({ ...before, head, branch });
}

/** Sources that a verifier edited are kept in the log, which warns of them, from where the verdict takes them (`judge.ts`). */
export async function noticeStrays(
  loop: Loop,
  { scope, cycle, attempt }: { readonly scope: Scope; readonly cycle: number; readonly attempt: number },
  sources: readonly GitPath[],
): Promise<void> {
  const { boundary } = loop;
  if (boundary === null || sources.length === 0) return;
  const names = sources.map((path) => boundary.git.show(path));
  const turn = { pair: scope.pair, phase: 'verifier', cycle, attempt, phase_id: scope.phaseId } as const;
  await loop.record({ event_type: 'verifier_edited', ...turn, paths: names.slice(0, 100) });
}

/** The document of a baseline is worth keeping only when something was dirty; state of this program never counts. */
export async function keepBaseline(loop: Loop, boundary: Boundary, before: Observation): Promise<string | null> {
  const dirty = new Map([...before.dirty].filter(([path]) => !boundary.isState(path)));
  if (dirty.size === 0) return null;
  return loop.ports.store.keep('baseline', boundary.git.encode({ ...before, dirty }));
}

async function sourcesOf(loop: Loop, boundary: Boundary, turn: TurnRecord): Promise<GitPath[]> {
  const before = await baselineOf(loop, turn);
  if (before === null) {
    await nameEverything(boundary);
    return [];
  }
  boundary.resumeFrom(before);
  const { after, changes } = await boundary.end();
  const takes = await takeable(loop, boundary, changes.paths, before);
  const edits = takes.filter((path) => after.dirty.has(path));
  const seen = turn.edits === null ? null : boundary.git.decode(await loop.ports.store.recall(turn.edits));
  if (seen === null) return edits;
  const isOurs = (path: GitPath) => seen.dirty.get(path) === after.dirty.get(path);
  const foreign = edits.filter((path) => !isOurs(path)).map((path) => boundary.git.show(path));
  if (foreign.length > 0) {
    await loop.notice('changed_since', 'changed since the turn was interrupted, left uncommitted', foreign);
    for (const name of foreign) boundary.leftOut.add(name);
  }
  return edits.filter(isOurs);
}

/** Without a baseline nobody knows whose the changes are: all of them are named at the end of the run. */
async function nameEverything(boundary: Boundary): Promise<void> {
  const { dirty } = await boundary.git.observe();
  for (const path of dirty.keys()) if (!boundary.isState(path)) boundary.leftOut.add(boundary.git.show(path));
}

async function baselineOf(loop: Loop, turn: TurnRecord): Promise<Observation | null> {
  if (turn.head !== null && (await loop.boundary?.git.knows(turn.head)) === false) {
    await loop.notice(
      'baseline_missing',
      `this repository has not the commit ${turn.head.slice(0, 10)} at which the interrupted turn began: its edits stay in the work tree, uncommitted`,
    );
    return null;
  }
  if (turn.baseline === null) return { head: turn.head, branch: turn.branch ?? null, dirty: new Map() };
  const before = loop.boundary?.git.decode(await loop.ports.store.recall(turn.baseline)) ?? null;
  if (before === null) {
    await loop.notice(
      'baseline_missing',
      'the baseline of the interrupted turn is not here: its edits stay in the work tree, uncommitted',
    );
  }
  return before;
}

function recovered(scope: Scope, turn: TurnRecord | null, commit: string | null, paths: number) {
  const { pair, phaseId } = scope;
  const { role, cycle, attempt } = turn ?? { role: 'producer', cycle: 0, attempt: 0 };
  return {
    event_type: 'edits_recovered',
    pair,
    phase_id: phaseId,
    phase: role,
    cycle,
    attempt,
    commit,
    paths,
  } as const;
}
