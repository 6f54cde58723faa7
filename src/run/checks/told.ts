import type { Check, Moment } from '../../core/checks/check.ts';
import { withLaterTests } from '../../core/checks/crossing.ts';
import type { CheckResult } from '../../core/checks/results.ts';
import type { Step } from '../../core/steps.ts';
import type { Loop } from '../loop.ts';
import type { ResultStore } from './results.ts';

export type CheckStep = Extract<Step, { do: 'check' }>;

/** What a check is run on: the state as it is, the base, and what the last completed phase left. */
export interface StateInputs {
  readonly loop: Loop;
  readonly results: ResultStore;
  readonly step: CheckStep;
  readonly tree: string;
  readonly base: string;
  readonly later: string | null;
}

/** A check on the base, after the last completed phase, and now: whatever guards there are. */
export interface Told {
  readonly check: Check;
  readonly base: CheckResult;
  readonly before: CheckResult | null;
  readonly now: CheckResult;
  readonly suspicious: (result: CheckResult) => boolean;
}

export async function toldBy(check: Check, inputs: StateInputs): Promise<Told> {
  const { results, step, tree, base: baseTree } = inputs;
  const at: Moment = step.at;
  const base = await results.of({ check, side: 'base', tree: baseTree, at, suspicious: hasFailed, tries: 1 });
  const before = await laterResult(check, inputs);
  const expected = withLaterTests(base, before);
  const suspicious = (result: CheckResult) => failsNewly(expected, result);
  const now = await results.of({ check, side: 'now', tree, at, suspicious, tries: results.evidence.retries });
  return { check, base, before, now, suspicious };
}

/** What the last completed phase left; run where a person has edited guards since. */
async function laterResult(check: Check, { loop, results, later, step }: StateInputs): Promise<CheckResult | null> {
  if (later === null) return null;
  const known = await results.known(check.name, later);
  if (known !== null || loop.state.checks.phaseTrees.at(-1)?.isEdited !== true) return known;
  if (!results.canRun(check.name, later)) return null;
  return results.of({ check, side: 'now', tree: later, at: step.at, suspicious: hasFailed, tries: 1 });
}

function hasFailed({ tests }: CheckResult): boolean {
  return [...tests.values()].includes('failed');
}

/** Whether something fails or is gone that was well before, or is new: worth another try. */
function failsNewly(base: CheckResult, now: CheckResult): boolean {
  if (now.ending === 'stopped') return false;
  if (now.implausible !== null && base.implausible === null) return true;
  const isBroken = ([id, was]: readonly [string, string]) => was === 'passed' && now.tests.get(id) !== 'passed';
  return [...base.tests].some(isBroken) || [...now.tests].some(([id, is]) => is === 'failed' && !base.tests.has(id));
}
