import type { CriterionResult } from '../checks/criteria.ts';
import { failingChecks, lastJudged } from '../checks/facts.ts';
import type { Phase } from '../phase-plan.ts';
import { scopeKey, scopeOf } from '../scope.ts';
import type { RunState } from '../state.ts';
import { isPhased } from '../vocabulary.ts';
import type { ReportCriterion } from './report.ts';
import { ownValue } from '../own-value.ts';

/** Every criterion, with whoever has a word on it: the tests and checks that show it, the verifiers of its phase, and the audit. */
export function criterionRows(state: RunState, phases: readonly Phase[]): readonly ReportCriterion[] {
  const { commits } = state.checks;
  const failing = failingChecks(lastJudged(state.checks));
  return withNotWeighed(state.checks.weighed, phases).map((one) => ({
    ...{ id: one.id, state: one.state, tests: one.tests, note: one.note },
    text: textOf(one, phases),
    commits: shortened(ownValue(commits, one.phaseId) ?? []),
    checks: one.checks.map((name) => ({ name, holds: !failing.has(name) })),
    verifier: verifierOf(state, one.phaseId),
    audit: auditOf(state),
  }));
}

/** Commits as people write them. */
export function shortened(commits: readonly string[]): readonly string[] {
  return commits.map((commit) => commit.slice(0, 12));
}

/** A run that ends before its evidence was weighed owes all that it set out to show. */
function withNotWeighed(weighed: readonly CriterionResult[], phases: readonly Phase[]): readonly CriterionResult[] {
  const known = new Set(weighed.map(({ phaseId }) => phaseId));
  return [...weighed, ...notWeighed(phases.filter(({ phaseId }) => !known.has(phaseId)))];
}

function notWeighed(phases: readonly Phase[]): readonly CriterionResult[] {
  return phases.flatMap(({ phaseId, acceptanceCriteria }) =>
    acceptanceCriteria.map(({ id }) => ({
      ...{ phaseId, id, tests: [], checks: [] },
      state: 'missing' as const,
      note: 'not weighed yet',
    })),
  );
}

function verifierOf({ run, phases, completed, opened }: RunState, phaseId: string): ReportCriterion['verifier'] {
  if (ownValue(phases, phaseId)?.status === 'blocked') return 'blocked';
  const keys = run.pairs.filter(isPhased).map((pair) => scopeKey(scopeOf(pair, phaseId)));
  if (keys.length > 0 && keys.every((key) => completed.includes(key))) return 'complete';
  return keys.some((key) => opened.includes(key)) ? 'incomplete' : 'not asked';
}

const AUDIT = { clean: 'no gaps', gaps: 'gaps found', invalid: 'unreadable', unread: 'not asked' } as const;

function auditOf({ audit }: RunState): ReportCriterion['audit'] {
  return AUDIT[audit.result];
}

function textOf({ phaseId, id }: CriterionResult, phases: readonly Phase[]): string {
  const phase = phases.find((one) => one.phaseId === phaseId);
  return phase?.acceptanceCriteria.find((one) => one.id === id)?.text ?? '';
}
