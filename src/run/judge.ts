import { parseControl } from '../core/control.ts';
import { openCriteria } from '../core/criteria.ts';
import type { Outcome } from '../core/events.ts';
import { judge, planFaults, promisesComplete, type TurnFacts } from '../core/judge.ts';
import type { PhasePlan } from '../core/phase-plan.ts';
import type { TurnPlan } from '../core/steps.ts';
import type { Loop } from './loop.ts';

export interface EndedText {
  readonly text: string;
  /** Whether an agent changed the work tree or the artifacts in this turn. */
  readonly changed: boolean;
  /** Boxes of criteria.md that were gone after it; by now they stand there again. */
  readonly lostBoxes: readonly string[];
}

/**
 * Looks at what decides about a turn, and decides (docs/loop.md). Warnings for the agents are written into feedback.md and a plan that
 * holds in its canonical form here, before the decision is logged: the log must never promise what the files do not hold.
 */
export async function judgeTurn(loop: Loop, plan: TurnPlan, ended: EndedText): Promise<Outcome> {
  const { artifacts } = loop.ports.store;
  const { facts, phasePlan } = await lookAt(loop, plan, ended);
  const { outcome, warning } = judge(facts);
  if (warning !== null) {
    if (outcome.kind === 'verdict') await artifacts.warnInFeedback(plan.scope, plan.cycle, warning);
    await loop.notice('promise_not_taken', warning);
  }
  const isComplete = outcome.kind === 'verdict' && outcome.verdict === 'complete';
  if (isComplete && phasePlan !== null) await artifacts.writePhasePlan(phasePlan);
  return outcome;
}

async function lookAt(
  loop: Loop,
  { scope, role }: TurnPlan,
  { text, changed, lostBoxes }: EndedText,
): Promise<{ facts: TurnFacts; phasePlan: PhasePlan | null }> {
  const { artifacts } = loop.ports.store;
  const { active } = loop.state;
  const control = parseControl(text);
  const isPromised = role === 'verifier' && promisesComplete(control);
  const boxes = async () => {
    const check = openCriteria((await artifacts.readCriteria(scope)) ?? '', active?.boxes ?? []);
    const missing = [...check.missing, ...lostBoxes];
    return { ...check, missing, open: check.open.filter((name) => !missing.includes(name)) };
  };
  const read = isPromised && scope.pair === 'plan' ? await artifacts.readPhasePlan() : null;
  const facts: TurnFacts = {
    pair: scope.pair,
    role,
    isBlank: text.trim() === '',
    control,
    changed,
    strays: active?.strays ?? [],
    isStrict: loop.settings.runtime.verifierScope === 'strict',
    criteria: isPromised ? await boxes() : null,
    planFaults: read === null ? [] : planFaults(read, loop.settings.runtime.maxPhases),
  };
  return { facts, phasePlan: read?.plan ?? null };
}
