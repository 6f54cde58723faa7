import { parseControl, shownQuestion } from '../core/control.ts';
import { openCriteria } from '../core/criteria.ts';
import type { Outcome, VerdictReason } from '../core/events.ts';
import type { TurnPlan } from '../core/steps.ts';
import type { Loop } from './loop.ts';

export interface EndedText {
  readonly text: string;
  /** Whether an agent changed the work tree or the artifacts in this turn. */
  readonly changed: boolean;
}

/**
 * Decides what a turn's final text means (spec: loop.md, cycle; protocol.md, loop control). Warnings for the agents are written
 * into feedback.md here, before the decision is logged: the log must never promise what the files do not hold.
 */
export async function judge(loop: Loop, plan: TurnPlan, ended: EndedText): Promise<Outcome> {
  const { text, changed } = ended;
  if (text.trim() === '' && !changed) return { kind: 'empty', changed: false };
  const parsed = parseControl(text);
  if (parsed.kind === 'unreadable') return { kind: 'unreadable', changed, error: parsed.error };
  const { control } = parsed;
  if (control.kind === 'question') {
    return { kind: 'question', changed, question: shownQuestion(control.question, control.bestSupposition) };
  }
  const promise = control.kind === 'promise' ? control.promise : null;
  if (plan.role === 'verifier') return judgeVerdict(loop, plan, promise, ended);
  if (promise !== null && promise !== 'INCOMPLETE') {
    loop.ports.narrator.warn(
      `the producer of ${plan.scope.pair} promised ${promise}; only the verifier completes a pair`,
    );
  }
  return { kind: 'produced', changed };
}

async function judgeVerdict(loop: Loop, plan: TurnPlan, promise: string | null, ended: EndedText): Promise<Outcome> {
  const { changed } = ended;
  const strays = loop.state.active?.strays ?? [];
  const incomplete = async (reason: VerdictReason, warning: string, note?: string): Promise<Outcome> => {
    await loop.ports.store.artifacts.warnInFeedback(plan.scope, plan.cycle, warning);
    loop.ports.narrator.warn(warning);
    return { kind: 'verdict', changed, verdict: 'incomplete', reason, ...(note === undefined ? {} : { note }) };
  };
  if (promise === 'BLOCKED') return { kind: 'verdict', changed, verdict: 'blocked', reason: 'promised' };
  if (loop.settings.runtime.verifierScope === 'strict' && strays.length > 0) {
    const names = strays.slice(0, 8).join(', ');
    return incomplete(
      'edits_outside_scope',
      `The verifier edited files outside its artifacts: ${names}. The cycle counts as INCOMPLETE.`,
    );
  }
  if (promise === null) {
    return incomplete('missing_promise', 'The verifier ended without a promise. The cycle counts as INCOMPLETE.');
  }
  if (promise === 'INCOMPLETE') return { kind: 'verdict', changed, verdict: 'incomplete', reason: 'promised' };
  const open = await openBoxes(loop, plan);
  if (open !== null)
    return incomplete('open_criteria', `The verifier promised COMPLETE, but ${open}. The cycle counts as INCOMPLETE.`);
  const fault = plan.scope.pair === 'plan' ? await acceptPlan(loop) : null;
  if (fault !== null) {
    const warning = `The verifier promised COMPLETE, but phase_plan.yaml is not valid: ${fault}`;
    return incomplete('invalid_phase_plan', warning, `phase_plan.yaml is not valid. Mend this first: ${fault}`);
  }
  return { kind: 'verdict', changed, verdict: 'complete', reason: 'promised' };
}

async function openBoxes(loop: Loop, plan: TurnPlan): Promise<string | null> {
  const text = (await loop.ports.store.artifacts.readCriteria(plan.scope)) ?? '';
  const { complete, missing, open } = openCriteria(text, loop.state.active?.boxes ?? []);
  if (complete) return null;
  const parts = [
    ...(open.length > 0 ? [`criteria.md has open boxes: ${open.join('; ')}`] : []),
    ...(missing.length > 0 ? [`criteria.md has lost boxes: ${missing.join('; ')}`] : []),
  ];
  return parts.join(', and ') || 'criteria.md has no box at all';
}

/** A valid phase plan is rewritten in its canonical form; otherwise the errors, as one line. */
async function acceptPlan(loop: Loop): Promise<string | null> {
  const { artifacts } = loop.ports.store;
  const { plan, errors } = await artifacts.readPhasePlan();
  if (errors.length > 0) return errors.join('; ');
  if (plan === null) return 'phases must be a non-empty list';
  await artifacts.writePhasePlan(plan);
  return null;
}
