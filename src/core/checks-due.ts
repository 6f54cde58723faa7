import { findingText } from './checks/status.ts';
import type { RunState } from './state.ts';
import type { Step } from './steps.ts';

/** Whether a run wants evidence. Runs of releases that knew no checks go on without. */
export function isEvidenceOn({ run, checks }: RunState): boolean {
  if (!checks.isWanted) return false;
  const { settings } = run;
  const mode = settings?.evidence?.mode ?? 'off';
  return mode !== 'off' && settings?.checks?.length !== 0;
}

/** Whether the checks are still to be looked for and run on the base. Later, a run that began without goes on without. */
export function isBaseDue(state: RunState): boolean {
  return isEvidenceOn(state) && !state.checks.baseJudged && state.completed.length === 0;
}

/** Whether there is anything to be run in a pair. */
export function hasChecks(state: RunState): boolean {
  return isEvidenceOn(state) && (state.checks.resolved?.checks.length ?? 0) > 0;
}

/** Milliseconds that checks have taken in the run and those before it in its chain. */
export function checkedInChain({ run, checks }: RunState): number {
  return (run.chainBase?.spent_ms ?? 0) + checks.spentMs;
}

/** Why no further check may be run, in one line with the way on; null: there is time. */
export function checksExhausted(state: RunState): string | null {
  const most = state.run.settings?.evidence?.maxMinutes ?? null;
  const minutes = checkedInChain(state) / 60_000;
  if (most === null || minutes < most) return null;
  const taken = `checks have taken ${minutes.toFixed(1)} minutes, evidence.max_minutes is ${most}`;
  return `${taken}: raise it in autoloop.yaml and resume with --reload-checks`;
}

/** How a run ends whose pairs are complete. */
export function endOf(state: RunState): Extract<Step, { do: 'finish' }> {
  const judged = state.checks.judged.end;
  if (!isEvidenceOn(state) || judged === undefined || judged.verdict === 'passed') {
    return { do: 'finish', status: 'success', reason: null };
  }
  const owed = judged.findings.filter(({ gates }) => gates).map(findingText);
  const more = owed.length > 3 ? `; and ${owed.length - 3 + judged.more} more` : '';
  return { do: 'finish', status: 'unverified', reason: `not proven: ${owed.slice(0, 3).join('; ')}${more}` };
}
