import { type ParsedControl, shownQuestion } from './control.ts';
import type { CriteriaCheck } from './criteria.ts';
import type { Outcome, VerdictReason } from './events.ts';
import type { PhasePlan } from './phase-plan.ts';
import type { Pair, Role } from './vocabulary.ts';

/** All that decides what a turn which has ended comes to. */
export interface TurnFacts {
  readonly pair: Pair;
  readonly role: Role;
  /** The agent said nothing. */
  readonly isBlank: boolean;
  readonly control: ParsedControl;
  /** Whether an agent changed the work tree or the artifacts in this turn. */
  readonly changed: boolean;
  /** Sources that the verifier edited; where its scope is strict they keep a pair from being complete. */
  readonly strays: readonly string[];
  readonly isStrict: boolean;
  /** Of criteria.md. Null: nobody promised COMPLETE, so it was not looked at. */
  readonly criteria: CriteriaCheck | null;
  /** What is wrong with the phase plan; empty: nothing, or not this pair's business. */
  readonly planFaults: readonly string[];
}

export interface Judgement {
  readonly outcome: Outcome;
  /** For the operator, and where it is a verdict also for the agents (feedback.md); null: it speaks for itself. */
  readonly warning: string | null;
}

/** What a turn comes to. A producer completes nothing; a verifier's COMPLETE holds only where the files say the same. */
export function judge(facts: TurnFacts): Judgement {
  const { control: parsed, changed, pair, role } = facts;
  if (facts.isBlank && !changed) return plain({ kind: 'empty', changed });
  if (parsed.kind === 'unreadable') return plain({ kind: 'unreadable', changed, error: parsed.error });
  const { control } = parsed;
  if (control.kind === 'question') {
    const question = shownQuestion(control.question, control.bestSupposition);
    return plain({ kind: 'question', changed, question });
  }
  const promise = control.kind === 'promise' ? control.promise : null;
  if (role === 'verifier') return verdictOn(facts, promise);
  const isVain = promise === 'COMPLETE' || promise === 'BLOCKED';
  const warning = `the producer of ${pair} promised ${promise ?? ''}; only the verifier completes a pair`;
  return { outcome: { kind: 'produced', changed }, warning: isVain ? warning : null };
}

/** Whether the files behind a promise of COMPLETE need to be looked at. */
export function promisesComplete(parsed: ParsedControl): boolean {
  return parsed.kind === 'control' && parsed.control.kind === 'promise' && parsed.control.promise === 'COMPLETE';
}

function verdictOn(facts: TurnFacts, promise: string | null): Judgement {
  const { changed, strays, criteria, planFaults } = facts;
  const incomplete = (reason: VerdictReason, warning: string, note?: string): Judgement => ({
    outcome: { kind: 'verdict', changed, verdict: 'incomplete', reason, ...(note === undefined ? {} : { note }) },
    warning,
  });
  if (promise === 'BLOCKED') return plain({ kind: 'verdict', changed, verdict: 'blocked', reason: 'promised' });
  if (facts.isStrict && strays.length > 0) {
    const names = strays.slice(0, 8).join(', ');
    const text = `The verifier edited files outside its artifacts: ${names}. ${COUNTS}`;
    return incomplete('edits_outside_scope', text);
  }
  if (promise === null) return incomplete('missing_promise', `The verifier ended without a promise. ${COUNTS}`);
  if (promise === 'INCOMPLETE') return plain({ kind: 'verdict', changed, verdict: 'incomplete', reason: 'promised' });
  const open = criteria === null ? 'criteria.md was not looked at' : openBoxes(criteria);
  if (open !== null) return incomplete('open_criteria', `The verifier promised COMPLETE, but ${open}. ${COUNTS}`);
  if (planFaults.length > 0) {
    const fault = planFaults.join('; ');
    const warning = `The verifier promised COMPLETE, but phase_plan.yaml is not valid: ${fault}`;
    return incomplete('invalid_phase_plan', warning, `phase_plan.yaml is not valid. Mend this first: ${fault}`);
  }
  return plain({ kind: 'verdict', changed, verdict: 'complete', reason: 'promised' });
}

const COUNTS = 'The cycle counts as INCOMPLETE.';

function openBoxes({ complete, missing, open }: CriteriaCheck): string | null {
  if (complete) return null;
  const parts = [
    ...(open.length > 0 ? [`criteria.md has open boxes: ${open.join('; ')}`] : []),
    ...(missing.length > 0 ? [`criteria.md has lost boxes: ${missing.join('; ')}`] : []),
  ];
  return parts.join(', and ') || 'criteria.md has no box at all';
}

function plain(outcome: Outcome): Judgement {
  return { outcome, warning: null };
}

interface PlanRead {
  readonly plan: PhasePlan | null;
  readonly errors: readonly string[];
}

/** What is wrong with a plan that was read, for the planner; empty: nothing. */
export function planFaults({ plan, errors }: PlanRead, maxPhases: number): readonly string[] {
  if (plan === null) return errors.length === 0 ? ['phases must be a non-empty list'] : errors;
  const count = plan.phases.length;
  if (count <= maxPhases) return [];
  return [
    `it has ${count} phases, and at most ${maxPhases} are worked on (runtime.max_phases): join what belongs together`,
  ];
}
