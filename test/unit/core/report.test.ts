import { describe, expect, it } from 'vitest';
import { reportOf } from '../../../src/core/report/facts.ts';
import type { Phase } from '../../../src/core/phase-plan.ts';
import { UNBORN } from '../../../src/core/state.ts';

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
});
