import { exitCodeOfStatus, type StopSignal } from '../core/exit-codes.ts';
import { subjectOf } from '../core/checkpoints.ts';
import type { RunStatus } from '../core/vocabulary.ts';
import { commitSelected, commitTask } from './checkpoint.ts';
import { sourcesLeft } from './checks/persons-edits.ts';
import { reportAtEnd } from './checks/report.ts';
import type { Loop, Stop } from './loop.ts';
import type { StopRequest } from './ports.ts';

/** Logs the end of the run and commits what is left to commit; the latter only warns (docs/checkpoints.md). */
export async function finish(loop: Loop, { status, reason }: Stop): Promise<void> {
  const { run, followup, spent } = loop.state;
  const { store, stop } = loop.ports;
  if (loop.state.at !== 'working') return;
  const said = [reason ?? ''];
  await lastCheckpoint(loop, said, () => settleAnswerer(loop));
  await lastCheckpoint(loop, said, () => unfoldSnapshot(loop));
  await reportAtEnd(loop, status);
  const tree = await sourcesLeft(loop);
  await store.appendRawLog({
    entry: 'run_state',
    body: `run finished\nstatus=${status}${reason === null ? '' : `\n${reason}`}`,
  });
  await loop.record({
    event_type: 'run_finished',
    status,
    exit_code: exitCodeOfStatus(status, signalOf(stop)),
    followup_run_id: status === 'needs_followup' ? (followup?.followup_run_id ?? null) : null,
    parent_run_id: run.parentRunId,
    followup_depth: run.depth,
    reason,
    ...leftOf(loop),
    usage: spent,
    ...verifiedOf(loop, status),
    ...(tree === null ? {} : { tree }),
  });
  await finalize(loop, status, said);
}

function verifiedOf({ state: { checks } }: Loop, status: RunStatus): { verified?: boolean } {
  return status === 'success' && checks.isWanted ? { verified: checks.reported?.verified ?? false } : {};
}

/** For whoever asks later what no checkpoint took. */
function leftOf({ boundary }: Loop): { left_uncommitted?: readonly string[] } {
  const names = [...(boundary?.leftOut ?? [])];
  return names.length === 0 ? {} : { left_uncommitted: names.slice(0, 100) };
}

/** The last commit of a run that has ended, unless there is one. `said`: what the operator has been told, and is not told again. */
export async function finalize(loop: Loop, status: RunStatus, said: string[] = []): Promise<void> {
  if (loop.state.followup?.launched === true) return;
  await lastCheckpoint(loop, said, async () => {
    loop.boundary?.forget();
    await commitTask(loop, {
      subject: `autoloop: finalize run artifacts (${status})`,
      name: `final-${loop.state.seq}`,
    });
  });
}

/** Whether the last turn asked, and an agent of its own answers: it may have edited, against its instructions. */
export function isAnswerersTurn({ state, settings }: Loop): boolean {
  return settings.runtime.fullAutoAnswers && state.active?.turn?.outcome?.kind === 'question';
}

/** What an automatic answerer edited belongs to the next turn; a stop that comes between commits it as that turn's. */
async function settleAnswerer(loop: Loop): Promise<void> {
  const { active, run, seq } = loop.state;
  if (active === null || !isAnswerersTurn(loop)) return;
  if (active.todo.some((step) => step.do === 'checkpoint' && step.checkpoint.selects !== 'task')) return;
  const { scope, cycle, attempt } = active;
  const subject = subjectOf({ kind: 'producer_edits', place: { scope, cycle, attempt, role: 'producer' } });
  await commitSelected(loop, { subject, selects: 'source_edits', id: `${run.runId ?? 'run'}/answerer-${seq}` });
}

/** Artifacts that were seeded for a cycle and that no agent has touched get the snapshot that was folded until now (docs/checkpoints.md). */
async function unfoldSnapshot(loop: Loop): Promise<void> {
  const { boundary, state, ports } = loop;
  const { active } = state;
  if (boundary === null || active === null) return;
  const seen = await boundary.git.observe();
  const isSeeded = [...seen.dirty.keys()].some((path) => boundary.isArtifact(path));
  const isUntouched =
    active.turn === null || active.turn.artifacts === (await ports.store.artifacts.fingerprint(active.scope));
  if (!isSeeded || !isUntouched) return;
  const subject = `autoloop: pre-cycle snapshot (${active.scope.pair} #${Math.max(1, active.cycle)})`;
  await commitTask(loop, { subject, name: `snapshot-${state.seq}` });
}

/**
 * What ended the run must be logged all the same. On a branch that an agent has switched to there is no last checkpoint: uncommitted,
 * the state goes along when the operator switches back.
 */
async function lastCheckpoint(loop: Loop, said: string[], checkpoint: () => Promise<void>): Promise<void> {
  if (loop.boundary?.hasStrayed === true) return;
  try {
    await checkpoint();
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    if (said.some((text) => text.startsWith(words))) return;
    said.push(words);
    await noticeIfPossible(loop, `the last checkpoint could not be made: ${words}`);
  }
}

/** What keeps a checkpoint from being made, a full disk say, may keep the log from taking that; it is said all the same. */
async function noticeIfPossible(loop: Loop, detail: string): Promise<void> {
  try {
    await loop.notice('checkpoint_failed', detail);
  } catch {
    loop.ports.narrator.warn(detail);
  }
}

function signalOf(stop: AbortSignal): StopSignal {
  return stop.aborted ? (stop.reason as StopRequest).signal : 'SIGINT';
}
