import type { Totals } from '../core/events.ts';
import { FORMAT } from '../core/format.ts';
import { next } from '../core/next.ts';
import { addedPairs } from '../core/pairs.ts';
import type { RunState } from '../core/state.ts';
import type { Step } from '../core/steps.ts';
import type { SettingChange, Settings } from '../core/settings.ts';
import type { Pair, RunStatus } from '../core/vocabulary.ts';
import { noticeBranch } from './branch.ts';
import { commitTask } from './checkpoint.ts';
import { instructionOf, recordClarification } from './clarification.ts';
import { finalize, finish, isAnswerersTurn } from './finish.ts';
import { Loop, type Stop } from './loop.ts';
import { foreseeBase } from './checks/base.ts';
import { reloadChecks } from './checks/perform.ts';
import { acceptChanges, takeOverEdits } from './checks/persons-edits.ts';
import { perform } from './perform.ts';
import { makeSafe, settleSafety, type Safety } from './safety.ts';
import type { Ports } from './ports.ts';
import { projectAll } from './project.ts';
import { restoreBaseline } from './recover.ts';
import { ownValue } from '../core/own-value.ts';
import { stopFor, wordsOf } from './stop-for.ts';

/** What a run begins with: the facts that `run_started` and `run_resumed` carry. */
export interface Opening {
  readonly taskId: string;
  readonly settings: Settings;
  /** The settings as the log has them. */
  readonly recorded: Settings;
  readonly parentRunId: string | null;
  readonly depth: number;
  readonly spentBefore: Totals | null;
  /** The base of the first run of its chain, for a follow-up. */
  readonly chainBase?: NonNullable<RunState['run']['chainBase']> | undefined;
  /** The release of this program, for whoever cannot read what it wrote. */
  readonly version: string;
  /** The versions of the agents' programs, by provider. */
  readonly programs?: Readonly<Record<string, string>>;
  /** What differs from the run's own record, for a resume. */
  readonly changedSettings: readonly SettingChange[];
  /** An instruction given with the resume. */
  readonly instruction: string | null;
  /** Changes of tests and guards that a person accepts. */
  readonly accept?: readonly string[];
  /** The workspace's configuration is a person's, whoever wrote it. */
  readonly acceptConfig?: boolean;
  /** The checks are resolved anew, and run on the base. */
  readonly reloadChecks?: boolean;
}

/** How a run ended, and the follow-up that goes on where it left off. */
export interface RunEnd {
  readonly status: RunStatus;
  readonly reason: string | null;
  readonly state: RunState;
  readonly leftUncommitted: readonly string[];
  /** What was committed with something in it that looks like a secret, and what as a copy without. */
  readonly withTokens: readonly string[];
  readonly redacted: readonly string[];
  readonly followup: { readonly runId: string; readonly depth: number } | null;
  /** Nothing was left to do in it when it was opened: what it was given on its way it did not take. */
  readonly wasSettled: boolean;
}

/**
 * Works on a run until it ends: `state = replay(log)`, then step after step. A run without events is started, any other one is
 * resumed; there is no second way through. What went wrong is in the end that it resolves with, logged or not.
 */
export async function drive(ports: Ports, opening: Opening): Promise<RunEnd> {
  const loop = new Loop(ports, opening.settings, ports.store.opened);
  let failure: Stop | null = null;
  let safety: Safety | null = null;
  const wasSettled = isSettled(loop.state, opening.settings.runtime.pairs);
  try {
    safety = await open(loop, opening);
    if (opening.reloadChecks === true && !wasSettled) await reload(loop);
    await work(loop);
  } catch (error) {
    failure = stopFor(ports.asProblem?.(error) ?? error, ports.stop);
    await finishAfter(loop, failure);
  }
  await settleSafety(loop, safety);
  const { finished, followup } = loop.state;
  return {
    status: failure?.status ?? finished?.status ?? 'fatal_error',
    reason: failure === null ? (finished?.reason ?? null) : failure.reason,
    state: loop.state,
    leftUncommitted: [...(loop.boundary?.leftOut ?? [])],
    withTokens: [...(loop.boundary?.withTokens ?? [])],
    redacted: [...(loop.boundary?.redacted ?? [])],
    followup:
      failure === null && finished?.status === 'needs_followup' && followup?.launched === true
        ? { runId: followup.followup_run_id, depth: followup.followup_depth }
        : null,
    wasSettled,
  };
}

/** Says in the log that the work begins or goes on. A run that has come to its end is only given what a crash kept from it. */
async function open(loop: Loop, opening: Opening): Promise<Safety | null> {
  const { ports, state } = loop;
  await projectAll(ports.store, state);
  if (isSettled(state, opening.settings.runtime.pairs)) {
    await finalize(loop, state.finished?.status ?? 'success');
    return null;
  }
  const facts = openingFacts(loop, opening);
  const verb = state.at === 'unborn' ? 'started' : 'resumed';
  await ports.store.appendRawLog({ entry: 'run_state', body: `run ${verb}\npairs=${facts.pairs.join(',')}` });
  if (state.at === 'unborn') {
    // What was asked for comes first: a resume knows it whatever keeps the baseline from being made.
    await loop.record({ event_type: 'run_started', ...facts });
    await readyGround(loop);
    await makeBaseline(loop, () => foreseeBase(loop));
    const made = await makeSafe(loop, []);
    if (opening.instruction !== null) await instruct(loop, opening.instruction);
    return made;
  }
  await loop.record({ event_type: 'run_resumed', ...facts, changed_settings: opening.changedSettings });
  await readyGround(loop);
  for (const found of ports.store.noticed ?? []) await loop.record({ event_type: 'noticed', ...found });
  await acceptChanges(loop, opening.accept ?? []);
  await noticeUpgrades(loop, state.run.programs, opening.programs ?? {});
  const safety = await makeSafe(loop, state.unheard.snapshots);
  await noticeBranch(loop);
  const { left } = state.checks;
  const isOwn = left === null || opening.acceptConfig === true || opening.reloadChecks === true;
  await takeOverEdits(loop, { from: left, configuration: isOwn });
  if (hasBegun(state)) await resumeBaseline(loop, state.at === 'working');
  else await makeBaseline(loop);
  if (opening.instruction !== null) await instruct(loop, opening.instruction);
  return safety;
}

/** Another version of an agent's program may behave differently: said, and kept in the log for whoever looks for a cause. */
async function noticeUpgrades(
  loop: Loop,
  was: RunState['run']['programs'],
  is: RunState['run']['programs'],
): Promise<void> {
  for (const [name, version] of Object.entries(is)) {
    const before = ownValue(was, name);
    if (before === undefined || before === version) continue;
    const detail = `${name} is another version than when the run stopped: ${before}, now ${version}`;
    await loop.notice('version_changed', detail);
  }
}

/** Nothing is left to do in this run itself: it succeeded and is given no more pairs, or it handed over to a follow-up. */
function isSettled({ finished, followup, run }: RunState, pairs: readonly Pair[]): boolean {
  if (finished?.status === 'success') return addedPairs(run.pairs, pairs).length === 0;
  return finished?.status === 'needs_followup' && followup !== null;
}

function openingFacts(loop: Loop, opening: Opening) {
  const { settings, recorded, taskId, parentRunId, depth, spentBefore, programs = {}, version } = opening;
  return {
    workspace: loop.ports.store.files.workspace,
    pairs: settings.runtime.pairs,
    max_iterations: settings.runtime.maxIterations,
    use_git: loop.boundary !== null,
    task_id: taskId,
    task_root: loop.ports.store.taskFolder,
    parent_run_id: parentRunId,
    followup_depth: depth,
    format: FORMAT,
    version,
    settings: recorded,
    programs,
    ...(loop.ports.tree ? { worktree: loop.ports.tree.names } : {}),
    ...(spentBefore === null ? {} : { spent_before: spentBefore }),
    ...(opening.chainBase === undefined ? {} : { chain_base: opening.chainBase }),
  };
}

/** What prepares a work tree of the task's own comes before all that is paid for, and before anybody's edits are told apart. */
async function readyGround(loop: Loop): Promise<void> {
  const { tree, store } = loop.ports;
  if (!tree) return;
  try {
    await tree.prepare(store.files.turns);
  } finally {
    await tree.tell((event) => loop.record(event));
  }
}

/** The baseline stands before the first step: what it leaves dirty is the operator's. A resume makes it where a stop came before it. */
async function makeBaseline(loop: Loop, hasLooked?: () => void): Promise<void> {
  if (loop.boundary === null) return;
  await commitTask(loop, { subject: 'autoloop: baseline', name: 'baseline', hasLooked });
}

/** Whether any step of the run is in its log. */
function hasBegun({ active, selection, completed }: RunState): boolean {
  return active !== null || selection !== null || completed.length > 0;
}

/**
 * A turn that ended before the stop, and whose checkpoint is still due, is held against its own baseline; so is what an automatic
 * answerer may have edited when the process was killed (`died`).
 */
async function resumeBaseline(loop: Loop, died: boolean): Promise<void> {
  const { active, lastCommit } = loop.state;
  if (active?.turn?.stage !== 'finished') return;
  const { turn, todo } = active;
  const isDue = todo.some((step) => step.do === 'checkpoint' && step.checkpoint.selects !== 'task');
  if (isDue) await restoreBaseline(loop, turn);
  else if (died && isAnswerersTurn(loop)) await restoreBaseline(loop, turn, lastCommit);
}

/** An instruction given with `--resume --intent` reaches the next turn first and stands in the ledgers. */
async function instruct(loop: Loop, instruction: string): Promise<void> {
  const scope = loop.state.active?.scope ?? { pair: 'plan', phaseId: null };
  await recordClarification(
    loop,
    scope,
    await instructionOf(loop, scope, { answer: instruction, phase: null, source: 'human' }),
  );
}

/** Checks of today's configuration are run on the base before anything else is paid for. */
async function reload(loop: Loop): Promise<void> {
  const stop = await reloadChecks(loop);
  if (stop !== null) await finish(loop, stop);
}

async function work(loop: Loop): Promise<void> {
  for (let step = next(loop.state); step.do !== 'stop'; step = nextAfter(loop, step)) {
    const stop = await perform(loop, step);
    if (stop !== null) await finish(loop, stop);
  }
}

/** A step that leads to itself again would loop for ever; that is a bug, and it stops here instead of spending. */
function nextAfter(loop: Loop, done: Step): Step {
  const step = next(loop.state);
  if (JSON.stringify(step) === JSON.stringify(done)) throw new Error(`step ${done.do} made no progress`);
  return step;
}

/** The run is over whether the log takes that or not: with a full disk it may not. */
async function finishAfter(loop: Loop, failure: Stop): Promise<void> {
  try {
    await finish(loop, failure);
  } catch (error) {
    loop.ports.narrator.warn(`the end of the run could not be logged: ${wordsOf(error)}`);
  }
}
