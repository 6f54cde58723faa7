import type { EventBody, EventOf, Outcome } from './events.ts';
import { dueIn, stillAfter } from './active.ts';
import { hasChecks } from './checks-due.ts';
import type { CheckpointKind, Selects } from './checkpoints.ts';
import type { ActivePair, RunState } from './state.ts';
import type { Step } from './steps.ts';
import { isPhased, type Role, type RunStatus, type Scope } from './vocabulary.ts';

/** Automatic answers given for one cycle number of a pair; the question after them blocks the pair (docs/loop.md). */
export const MAX_AUTO_ANSWERS = 10;
/** Cycles in a row with the same verdict and no change by an agent, after which the pair has failed. */
export const MAX_STILL_CYCLES = 3;

/** What is left to do in a pair once a turn has ended as `outcome`. */
export function afterTurn(state: RunState, active: ActivePair, event: EventOf<'phase_finished'>): readonly Step[] {
  const steps = new Steps(state, active, event.phase);
  if (event.empty_output) steps.record({ event_type: 'phase_output_empty', ...turnFields(event) });
  const outcome = event.outcome;
  if (outcome === undefined) return [];
  switch (outcome.kind) {
    case 'produced':
      return steps.edits('producer').check('cycle').turn('verifier', 'first').list;
    case 'question':
      return afterQuestion(steps, outcome.question, event);
    case 'empty':
    case 'unreadable':
      return afterFailure(steps, outcome, event);
    case 'verdict':
      return afterVerdict(steps, outcome, event);
  }
}

/** The same turn is taken once more; what the second try has changed is committed before the run stops. */
function afterFailure(
  steps: Steps,
  outcome: Extract<Outcome, { kind: 'empty' | 'unreadable' }>,
  { phase: role }: EventOf<'phase_finished'>,
): readonly Step[] {
  const { blanks, unreadable } = steps.active;
  if (blanks + unreadable === 0) return steps.turn(role, 'retry').list;
  if (outcome.kind === 'empty') {
    return steps.finish('paused', `the ${role} said nothing and changed nothing, twice in a row`).list;
  }
  const stop = `loop control of the ${role} cannot be read: ${outcome.error}`;
  return steps.edits(role).finish('fatal_error', stop).list;
}

/** A question is recorded, what the asker changed is committed, and the same cycle begins again with the answer. */
function afterQuestion(steps: Steps, question: string, event: EventOf<'phase_finished'>): readonly Step[] {
  const { state, active } = steps;
  const role = event.phase;
  steps.record({ event_type: 'question', ...turnFields(event), text: question });
  // Before anybody is asked: while a person thinks, a person may edit.
  steps.edits(role);
  const automatic = state.run.settings?.runtime.fullAutoAnswers === true;
  if (automatic && (active.asked.length >= MAX_AUTO_ANSWERS || active.asked.includes(question))) {
    const why = active.asked.includes(question)
      ? 'the same question was asked again after it had been answered'
      : `more than ${MAX_AUTO_ANSWERS} questions in one cycle`;
    return steps.blocked(event, why).list;
  }
  return steps.answer(role, question).checkpoint('answered_question', 'task').cycle(event.cycle).list;
}

type VerdictOutcome = Extract<Outcome, { kind: 'verdict' }>;

function afterVerdict(steps: Steps, outcome: VerdictOutcome, event: EventOf<'phase_finished'>): readonly Step[] {
  switch (outcome.verdict) {
    case 'complete':
      steps
        .check('pair')
        .record({ event_type: 'pair_completed', ...cycleFields(event), phase_id: event.phase_id ?? null });
      return steps.checkpoint('pair_complete', 'agent_edits_and_task').list;
    case 'blocked':
      return steps.blocked(event).list;
    case 'incomplete':
      return afterIncomplete(steps, outcome, event);
  }
}

/** The producer's turn, or a COMPLETE, has left failures: the cycle is incomplete, and feedback.md says why. */
export function afterFailedChecks(state: RunState, active: ActivePair): readonly Step[] {
  const { scope, cycle, attempt } = active;
  const steps = new Steps(state, active, 'verifier');
  const outcome = { kind: 'verdict', changed: false, verdict: 'incomplete', reason: 'checks_failed' } as const;
  return afterIncomplete(steps, outcome, { pair: scope.pair, phase_id: scope.phaseId, cycle, attempt });
}

function afterIncomplete(
  steps: Steps,
  outcome: VerdictOutcome,
  event: Pick<EventOf<'phase_finished'>, 'pair' | 'phase_id' | 'cycle' | 'attempt'>,
): readonly Step[] {
  const { pair } = event;
  const failure = { event_type: 'pair_failed', pair, phase_id: event.phase_id ?? null } as const;
  if (outcome.reason === 'missing_promise') {
    steps.record({ event_type: 'missing_promise_default', ...cycleFields(event) });
  }
  if (outcome.reason === 'edits_outside_scope') steps.checkpoint('verifier_edits', 'source_edits');
  // Any other reason than the promise left a warning in feedback.md, which belongs to this checkpoint.
  steps.checkpoint('verifier_feedback', outcome.reason === 'promised' ? 'agent_edits' : 'agent_edits_and_task');
  if (stillAfter(steps.active, outcome.verdict, outcome.changed).cycles >= MAX_STILL_CYCLES) {
    steps.record({ ...failure, reason: 'no_progress' }).checkpoint('failed_no_progress', 'task');
    return steps.finish('failed', `no progress: ${MAX_STILL_CYCLES} cycles of ${pair} ended alike and changed nothing`)
      .list;
  }
  if (event.cycle >= steps.state.run.maxIterations) {
    steps.record({ ...failure, reason: 'max_iterations' }).checkpoint('failed_max_iterations', 'task');
    return steps.finish('failed', `${pair} was not complete after ${event.cycle} cycles`).list;
  }
  return steps.cycle(event.cycle + 1).list;
}

/**
 * Where the work of a pair goes on after a stop: at the first turn whose outcome is not recorded. The edits of a turn that
 * was lost are committed first; a lost producer's turn begins its cycle again, a lost verifier's is taken again by itself.
 * `ended`: the status that was logged, null after a kill. An end that was due and not logged is still due.
 */
export function continuation(state: RunState, active: ActivePair, ended: RunStatus | null): readonly Step[] {
  const steps = new Steps(state, active, active.turn?.role ?? 'producer');
  const todo = dueIn(active);
  const head = todo[0];
  if (head === undefined) return steps.cycle(Math.max(active.cycle, 1)).list;
  if (head.do === 'finish') return head.status === ended ? afterStop(steps, head.status) : todo;
  if (head.do !== 'take_turn' || active.turn === null) return todo;
  const { stage } = active.turn;
  const isLost = stage === 'running' || stage === 'interrupted' || (stage === 'finished' && head.isRetry);
  return isLost ? restart(steps, head.role) : todo;
}

function afterStop(steps: Steps, status: string): readonly Step[] {
  const { active } = steps;
  if (status === 'failed') return steps.cycle(active.cycle + 1).list;
  if (status !== 'blocked') return restart(steps, active.turn?.role ?? 'producer');
  return active.blockedBy === 'producer' ? steps.cycle(active.cycle).list : steps.turn('verifier', 'again').list;
}

function restart(steps: Steps, role: Role): readonly Step[] {
  const { scope, turn } = steps.active;
  if (steps.state.run.useGit) steps.add({ do: 'recover_edits', scope, turn });
  return role === 'producer' ? steps.cycle(steps.active.cycle).list : steps.turn('verifier', 'again').list;
}

/** The kind of checkpoint that takes what a turn of this role has changed; recovered edits go under the same one. */
export function editsOf(role: Role): 'producer_edits' | 'verifier_feedback' {
  return role === 'producer' ? 'producer_edits' : 'verifier_feedback';
}

/** The first turn of a cycle that has just begun. */
export function producersTurn(scope: Scope, cycle: number, attempt: number): Step {
  return { do: 'take_turn', scope, role: 'producer', cycle, attempt, isRetry: false };
}

/** Begins this cycle of a pair, or begins it again. */
export function cycleStep({ scope, cycle: current, attempt: before }: ActivePair, cycle: number): Step {
  const attempt = cycle === current ? before + 1 : 1;
  const { pair, phaseId } = scope;
  return { do: 'record', event: { event_type: 'cycle_started', pair, cycle, attempt, phase_id: phaseId } };
}

const turnFields = (e: EventOf<'phase_finished'>) => ({
  pair: e.pair,
  phase: e.phase,
  cycle: e.cycle,
  attempt: e.attempt,
});
const cycleFields = (e: Pick<EventOf<'phase_finished'>, 'pair' | 'cycle' | 'attempt'>) => ({
  pair: e.pair,
  cycle: e.cycle,
  attempt: e.attempt,
});

/** Builds the steps of a pair; checkpoints are left out where there is no git. */
class Steps {
  readonly list: Step[] = [];
  readonly state: RunState;
  readonly active: ActivePair;
  /** Of the turn that the steps follow. */
  readonly #role: Role;

  constructor(state: RunState, active: ActivePair, role: Role) {
    this.state = state;
    this.active = active;
    this.#role = role;
  }

  add(step: Step): this {
    this.list.push(step);
    return this;
  }

  record(event: EventBody): this {
    return this.add({ do: 'record', event });
  }

  /** `again` counts a new attempt, because the turn before was lost. */
  turn(role: Role, how: 'first' | 'retry' | 'again'): this {
    const { scope, cycle, attempt } = this.active;
    const isRetry = how === 'retry';
    return this.add({ do: 'take_turn', scope, role, cycle, attempt: attempt + Number(how === 'again'), isRetry });
  }

  cycle(cycle: number): this {
    return this.add(cycleStep(this.active, cycle));
  }

  /** The checks that are due here; left out where there are none, and in pairs that change no sources. */
  check(at: 'cycle' | 'pair'): this {
    const { state, active } = this;
    if (!isPhased(active.scope.pair) || !hasChecks(state)) return this;
    const last = state.run.pairs.includes('test') ? 'test' : 'implement';
    return this.add({ do: 'check', at, scope: active.scope, closesPhase: active.scope.pair === last });
  }

  answer(role: Role, question: string): this {
    const { scope, cycle, attempt } = this.active;
    return this.add({ do: 'answer', scope, cycle, attempt, role, question, autoAnswer: null });
  }

  finish(status: RunStatus, reason: string): this {
    return this.add({ do: 'finish', status, reason });
  }

  checkpoint(kind: CheckpointKind, selects: Selects): this {
    if (!this.state.run.useGit) return this;
    const { scope, cycle, attempt } = this.active;
    const place = { scope, cycle, attempt, role: this.#role };
    return this.add({ do: 'checkpoint', checkpoint: { kind, selects, place } });
  }

  /** What a turn of this role has changed. */
  edits(role: Role): this {
    const isStrict = this.state.run.settings?.runtime.verifierScope === 'strict';
    if (role === 'verifier' && isStrict && this.active.strays.length > 0) {
      this.checkpoint('verifier_edits', 'source_edits');
    }
    return this.checkpoint(editsOf(role), 'agent_edits');
  }

  blocked(event: EventOf<'phase_finished'>, reason?: string): this {
    this.record({ event_type: 'blocked', ...cycleFields(event), ...(reason === undefined ? {} : { reason }) });
    this.checkpoint('blocked', 'agent_edits_and_task');
    const { pair, phaseId } = this.active.scope;
    if (isPhased(pair) && phaseId !== null) {
      const phase_mode = this.state.selection?.mode ?? 'single';
      this.record({ event_type: 'phase_blocked', pair, phase_id: phaseId, phase_mode });
    }
    return this.finish('blocked', reason ?? `the ${event.phase} of ${pair} says that it is blocked`);
  }
}
