import { describe, expect, it } from 'vitest';
import { reportOf } from '../../../src/core/report/facts.ts';
import { pullRequestBody } from '../../../src/core/report/markdown.ts';
import type { Phase } from '../../../src/core/phase-plan.ts';
import { UNBORN } from '../../../src/core/state.ts';

const INPUT = { request: 'Do it', verified: false, criteria: [], texts: new Map(), changed: null };

describe('the report of a run', () => {
  it('lists what a run that ended early set out to show, as not shown', () => {
    const phase = {
      phaseId: 'p1',
      title: 'One',
      acceptanceCriteria: [{ id: 'AC-1', text: 'It works' }],
    } as unknown as Phase;
    const input = { request: 'Do it', verified: false, phases: [phase], criteria: [], texts: new Map(), changed: null };
    const report = reportOf(UNBORN, { ...input, status: 'needs_followup' });
    expect(report.criteria).toEqual([
      { id: 'AC-1', text: 'It works', state: 'missing', tests: [], note: 'not weighed yet' },
    ]);
    expect(report.look).toEqual([]);
  });

  it('as a pull request’s body has at most 60,000 characters, with every fold and fence closed', () => {
    const guard = { path: 'test/a.js', before: 'x\n'.repeat(2_000), after: '```\n'.repeat(1_000) };
    const facts = reportOf(UNBORN, { ...INPUT, status: 'unverified', phases: [] });
    for (const many of [1, 20, 100, 900]) {
      const look = Array.from({ length: many }, (_, at) => ({ text: `test ${at} was weakened`, gates: true, guard }));
      const body = pullRequestBody({
        ...facts,
        look,
        oldFailures: look.map(({ text }) => `${text} ${'y'.repeat(80)}`),
      });
      expect(body.length).toBeLessThanOrEqual(60_000);
      expect(body.match(/<details>/g)?.length ?? 0).toBe(body.match(/<\/details>/g)?.length ?? 0);
      expect((body.match(/^`{3,}$/gm)?.length ?? 0) % 2).toBe(0);
      expect(body).toContain('test 0 was weakened');
    }
  });

  it('tells of each phase what was weighed, and of the others that it was not', () => {
    const phases = ['p1', 'p2'].map((phaseId) => ({
      phaseId,
      title: phaseId,
      acceptanceCriteria: [{ id: 'AC-1', text: 'x' }],
    }));
    const criteria = [{ phaseId: 'p1', id: 'AC-1', state: 'proven' as const, tests: ['t'], note: null }];
    const input = { ...INPUT, status: 'needs_followup' as const, criteria, phases: phases as unknown as Phase[] };
    expect(reportOf(UNBORN, input).criteria.map(({ state }) => state)).toEqual(['proven', 'missing']);
  });
});
