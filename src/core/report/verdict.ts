import { counted } from '../counted.ts';
import { isEvidenceOn } from '../checks-due.ts';
import { failingChecks, lastJudged } from '../checks/facts.ts';
import type { RunState } from '../state.ts';
import type { ReportFacts, ReportInput } from './report.ts';

/** How the run ended, in one line. */
export function verdictOf(input: ReportInput, state: RunState): Pick<ReportFacts, 'verdict' | 'tone'> {
  const { status, verified } = input;
  if (status === null) return { verdict: 'Under way', tone: 'so' };
  if (status === 'unverified') return { verdict: 'Not verified: the work is done, and not proven', tone: 'bad' };
  if (status !== 'success') return { verdict: `Ended: ${status.replaceAll('_', ' ')}`, tone: 'bad' };
  if (verified) return { verdict: 'Success, verified by checks', tone: 'good' };
  return { verdict: `Success, not verified: ${whyUnverified(state)}`, tone: 'so' };
}

/** Why nothing shows a success, in a few words. */
export function whyUnverified(state: RunState): string {
  if (!isEvidenceOn(state)) return 'checks are switched off';
  return 'no check is known';
}

/** What it came to, a few words each: criteria, checks, findings, size, cost and time. */
export function summaryOf(state: RunState, { changed }: ReportInput): readonly string[] {
  const { checks, spent } = state;
  const criteria = checks.weighed;
  const judged = lastJudged(checks);
  const shown = criteria.filter(({ state: one }) => one === 'proven' || one === 'kept').length;
  const open = judged?.findings.filter(({ gates }) => gates).length ?? 0;
  const failing = failingChecks(judged);
  const known = checks.resolved?.checks ?? [];
  const passed = known.filter(({ name }) => !failing.has(name)).length;
  return [
    ...(criteria.length === 0
      ? []
      : [`${shown} of ${counted(criteria.length, 'criterion', 'criteria')} proven or kept`]),
    ...(known.length === 0 || judged === null ? [] : [`${passed} of ${counted(known.length, 'check')} passed`]),
    ...(judged === null ? [] : [open === 0 ? 'nothing open' : counted(open + judged.more, 'open finding')]),
    ...(changed === null ? [] : [`${counted(changed.files, 'file')}, +${changed.added} −${changed.removed} lines`]),
    ...(spent.usage.costUsd === null ? [] : [`$${spent.usage.costUsd.toFixed(2)}`]),
    `${counted(spent.turns, 'turn')}, ${minutes(spent.duration_ms)}`,
  ];
}

function minutes(ms: number): string {
  return ms < 60_000 ? `${(ms / 1000).toFixed(0)} s` : `${(ms / 60_000).toFixed(1)} min`;
}
