import type { EventOf, SettingChange, Totals } from '../core/events.ts';
import { next, type Step } from '../core/next.ts';
import { replay } from '../core/apply.ts';
import { exitCodeOfStatus, type StopSignal } from '../core/exit-codes.ts';
import { Problem } from '../core/problem.ts';
import type { RunState } from '../core/state.ts';
import type { Settings } from '../core/settings.ts';
import type { RunStatus } from '../core/vocabulary.ts';
import { commitSelected } from './checkpoint.ts';
import { Loop, type Stop } from './loop.ts';
import { perform } from './perform.ts';
import type { Ports, StopRequest } from './ports.ts';
import { projectAll } from './project.ts';
import { logClarification } from './question.ts';
import { restoreBaseline } from './recover.ts';

/** What a run begins with: the facts that `run_started` and `run_resumed` carry. */
export interface Opening {
  readonly taskId: string;
  readonly settings: Settings;
  readonly parentRunId: string | null;
  readonly depth: number;
  readonly spentBefore: Totals | null;
  /** The versions of the agents' programs, by provider. */
  readonly programs?: Readonly<Record<string, string>>;
  /** What differs from the run's own record, for a resume. */
  readonly changedSettings: readonly SettingChange[];
  /** An instruction given with the resume. */
  readonly instruction: string | null;
}

/** How a run ended, and the follow-up that goes on where it left off. */
export interface RunEnd {
  readonly status: RunStatus;
  readonly reason: string | null;
  readonly state: RunState;
  readonly leftUncommitted: readonly string[];
  readonly followup: { readonly runId: string; readonly depth: number } | null;
}

/**
 * Works on a run until it ends: `state = replay(log)`, then step after step. A run without events is started, any other one is
 * resumed; there is no second way through. Rejects only when not even the end could be logged.
 */
export async function drive(ports: Ports, opening: Opening): Promise<RunEnd> {
  const loop = new Loop(ports, opening.settings, replay(ports.store.events));
  let late: Stop | null = null; // what went wrong after the run had ended: between it and its follow-up
  try {
    await open(loop, opening);
    await work(loop);
  } catch (error) {
    const stop = stopFor(error);
    if (loop.state.at === 'finished') late = stop;
    else await finish(loop, stop);
  }
  const { finished, followup } = loop.state;
  return {
    status: finished?.status ?? 'fatal_error',
    reason: late?.reason ?? finished?.reason ?? null,
    state: loop.state,
    leftUncommitted: [...(loop.boundary?.leftOut ?? [])],
    followup:
      finished?.status === 'needs_followup' && followup?.launched === true
        ? { runId: followup.followup_run_id, depth: followup.followup_depth }
        : null,
  };
}

/** Says in the log that the work begins or goes on. A run that has come to its end is only given what a crash kept from it. */
async function open(loop: Loop, opening: Opening): Promise<void> {
  const { ports, state } = loop;
  await projectAll(ports.store, state);
  if (isSettled(state)) return finalize(loop, state.finished?.status ?? 'success');
  const facts = openingFacts(loop, opening);
  const verb = state.at === 'unborn' ? 'started' : 'resumed';
  await ports.store.appendRawLog({ entry: 'run_state', body: `run ${verb}\npairs=${facts.pairs.join(',')}` });
  if (state.at === 'unborn') {
    await makeBaseline(loop);
    await loop.record({ event_type: 'run_started', ...facts });
    return;
  }
  await loop.record({ event_type: 'run_resumed', ...facts, changed_settings: opening.changedSettings });
  await noticeUpgrades(loop, state.run.programs, opening.programs ?? {});
  await resumeBaseline(loop);
  if (opening.instruction !== null) await instruct(loop, opening.instruction);
}

/** Another version of an agent's program may behave differently: said, and kept in the log for whoever looks for a cause. */
async function noticeUpgrades(
  loop: Loop,
  was: RunState['run']['programs'],
  is: RunState['run']['programs'],
): Promise<void> {
  for (const [name, version] of Object.entries(is)) {
    const before = was[name];
    if (before === undefined || before === version) continue;
    loop.ports.narrator.warn(`${name} is another version than when the run stopped: ${before}, now ${version}`);
    await loop.record({ event_type: 'noticed', kind: 'version_changed', detail: `${name} ${before} -> ${version}` });
  }
}

/** Nothing is left to do in this run itself: it succeeded, or handed over to a follow-up. */
function isSettled({ finished, followup }: RunState): boolean {
  return finished?.status === 'success' || (finished?.status === 'needs_followup' && followup !== null);
}

function openingFacts(loop: Loop, { settings, taskId, parentRunId, depth, spentBefore, programs = {} }: Opening) {
  return {
    workspace: loop.ports.store.files.workspace,
    pairs: settings.runtime.pairs,
    max_iterations: settings.runtime.maxIterations,
    use_git: loop.boundary !== null,
    task_id: taskId,
    task_root: loop.ports.store.taskFolder,
    parent_run_id: parentRunId,
    followup_depth: depth,
    settings,
    programs,
    ...(spentBefore === null ? {} : { spent_before: spentBefore }),
  };
}

/** The baseline stands before the first event: what it leaves dirty is the operator's. */
async function makeBaseline(loop: Loop): Promise<void> {
  if (loop.boundary === null) return;
  await commitTask(loop, 'autoloop: baseline', 'baseline');
}

/** A turn that ended before the stop, and whose checkpoint is still due, is held against its own baseline. */
async function resumeBaseline(loop: Loop): Promise<void> {
  const { active } = loop.state;
  const due = active?.todo.some((step) => step.do === 'checkpoint' && step.selects !== 'task') === true;
  if (active?.turn?.stage === 'finished' && due) await restoreBaseline(loop, active.turn);
}

/** An instruction given with `--resume --intent` reaches the next turn first and stands in the ledgers (spec: cli.md). */
async function instruct(loop: Loop, instruction: string): Promise<void> {
  const scope = loop.state.active?.scope ?? { pair: 'plan', phaseId: null };
  const { turnSeq, qaSeq } = await loop.ports.store.decisions.nextSequences(scope, 'producer');
  const clarification: EventOf<'clarified'>['clarification'] = {
    question: null,
    answer: instruction,
    source: 'human',
    pair: scope.pair,
    phase_id: scope.phaseId,
    phase: null,
    cycle: null,
    attempt: null,
    turn_seq: turnSeq,
    qa_seq: qaSeq,
  };
  await logClarification(loop, clarification);
  await loop.record({ event_type: 'clarified', clarification });
}

async function work(loop: Loop): Promise<void> {
  for (let step = next(loop.state); step.do !== 'stop'; step = nextAfter(loop, step)) {
    const stop = loop.ports.stop.aborted && step.do !== 'launch_followup' ? STOPPED : await perform(loop, step);
    if (stop !== null) await finish(loop, stop);
  }
}

const STOPPED: Stop = { status: 'interrupted', reason: 'stopped by the operator' };

/** A step that leads to itself again would loop for ever; that is a bug, and it stops here instead of spending. */
function nextAfter(loop: Loop, done: Step): Step {
  const step = next(loop.state);
  if (JSON.stringify(step) === JSON.stringify(done)) throw new Error(`step ${done.do} made no progress`);
  return step;
}

/** Logs the end of the run and commits its last artifacts; the latter only warns (spec: git.md). */
async function finish(loop: Loop, { status, reason }: Stop): Promise<void> {
  const { run, followup, spent } = loop.state;
  const { store } = loop.ports;
  if (loop.state.at !== 'working') return;
  await warnIfFails(loop, () => unfoldSnapshot(loop));
  await store.appendRawLog({
    entry: 'run_state',
    body: `run finished\nstatus=${status}${reason === null ? '' : `\n${reason}`}`,
  });
  await loop.record({
    event_type: 'run_finished',
    status,
    exit_code: exitCodeOfStatus(status, signalOf(loop.ports.stop)),
    followup_run_id: status === 'needs_followup' ? (followup?.followup_run_id ?? null) : null,
    parent_run_id: run.parentRunId,
    followup_depth: run.depth,
    reason,
    usage: spent,
  });
  await warnIfFails(loop, () => finalize(loop, status));
}

/** The last checkpoints of a run only warn: what ended it must be logged all the same. */
async function warnIfFails(loop: Loop, checkpoint: () => Promise<void>): Promise<void> {
  try {
    await checkpoint();
  } catch (error) {
    loop.ports.narrator.warn(`the last checkpoint could not be made: ${messageOf(error)}`);
  }
}

/** Artifacts that were seeded for a cycle and that no agent has touched get the snapshot that was folded until now (spec: git.md). */
async function unfoldSnapshot(loop: Loop): Promise<void> {
  const { boundary, state, ports } = loop;
  const { active } = state;
  if (boundary === null || active === null) return;
  const seen = await boundary.git.observe();
  const isSeeded = [...seen.dirty.keys()].some((path) => boundary.isArtifact(path));
  const isUntouched =
    active.turn === null || active.turn.artifacts === (await ports.store.artifacts.fingerprint(active.scope));
  if (!isSeeded || !isUntouched) return;
  await commitTask(
    loop,
    `autoloop: pre-cycle snapshot (${active.scope.pair} #${Math.max(1, active.cycle)})`,
    `snapshot-${state.seq}`,
  );
}

async function finalize(loop: Loop, status: RunStatus): Promise<void> {
  if (loop.boundary === null || loop.state.followup?.launched === true) return;
  loop.boundary.forget();
  await commitTask(loop, `autoloop: finalize run artifacts (${status})`, `final-${loop.state.seq}`);
}

/** A commit of the task's folder that no event follows: it is found again by being empty. */
async function commitTask(loop: Loop, subject: string, name: string): Promise<void> {
  const id = `${loop.state.run.runId ?? loop.ports.store.taskFolder}/${name}`;
  await commitSelected(loop, { subject, selects: 'task', id });
}

function signalOf(stop: AbortSignal): StopSignal {
  return stop.aborted ? (stop.reason as StopRequest).signal : 'SIGINT';
}

/** What an error means for the run. A full disk passes; what is not a Problem is a bug, and says so. */
function stopFor(error: unknown): Stop {
  if (!(error instanceof Problem)) return { status: 'fatal_error', reason: `internal error: ${messageOf(error)}` };
  const code = (error.cause as { code?: string } | undefined)?.code;
  const isFull = code === 'ENOSPC' || code === 'EDQUOT' || /No space left on device/.test(error.message);
  const hint = error.hint === null ? '' : `\n${error.hint}`;
  return { status: isFull ? 'paused' : 'fatal_error', reason: `${error.message}${hint}` };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
