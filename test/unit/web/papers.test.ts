import { expect, it } from 'vitest';
import { paperNames } from '../../../src/web/papers.ts';

it('the papers of a run come in the order of the work, the plan before what was said of it; foreign ones are left out', () => {
  const run = '.autoloop/tasks/job/runs/r';
  const artifacts = [
    'audit/gap_report.md',
    'implement/phases/a/feedback.md',
    'plan/criteria.md',
    'plan/phase_plan.yaml',
    'plan/plan.md',
    'test/phases/a/criteria.md',
    'unheard/of.md',
  ].map((name) => `${run}/artifacts/${name}`);
  const facts = { run, events: null, raw_log: null, diagnostics: null, turn_log: null };
  const names = paperNames({
    ...facts,
    request: `${run}/request.md`,
    decisions: `${run}/decisions.txt`,
    artifacts: [...artifacts, '.autoloop/tasks/job/plan/plan.md'],
  });
  expect(names).toEqual([
    'request.md',
    'artifacts/plan/plan.md',
    'artifacts/plan/phase_plan.yaml',
    'artifacts/plan/criteria.md',
    'artifacts/implement/phases/a/feedback.md',
    'artifacts/test/phases/a/criteria.md',
    'artifacts/audit/gap_report.md',
    'artifacts/unheard/of.md',
    'decisions.txt',
  ]);
});
