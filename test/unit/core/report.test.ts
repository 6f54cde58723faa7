import { describe, expect, it } from 'vitest';
import { replay } from '../../../src/core/apply.ts';
import type { EventBody, EventOf } from '../../../src/core/events.ts';
import { reportOf } from '../../../src/core/report/facts.ts';
import { pullRequestBody } from '../../../src/core/report/markdown.ts';
import type { Phase } from '../../../src/core/phase-plan.ts';
import type { CheckEventBody } from '../../../src/core/checks/check-events.ts';
import { foldChecks, NO_CHECKS } from '../../../src/core/checks/facts.ts';
import { reportHtml } from '../../../src/core/report/html.ts';
import { type RunState, UNBORN } from '../../../src/core/state.ts';
import { started } from './story.ts';

const INPUT = { request: 'Do it', verified: false, decisions: [], texts: new Map(), changed: null };

function clarified(question: string | null, from: object, source: 'human' | 'auto' = 'human'): EventBody {
  const place = { pair: 'plan', phase_id: null, phase: null, cycle: null, attempt: null } as const;
  const clarification = { question, answer: 'Yes', source, ...place, turn_seq: 1, qa_seq: 1 };
  return { event_type: 'clarified', clarification, ...from };
}

function approval(given: Omit<EventOf<'approval_given'>, 'event_type' | 'what' | 'sha256'>): EventBody {
  return { event_type: 'approval_given', what: 'plan', sha256: 'h', ...given };
}

const PROVEN = {
  ...{ phaseId: 'p1', id: 'AC-1', state: 'proven' as const },
  ...{ tests: ['t'], checks: ['test', 'lint'], note: null },
};
const JUDGED = { verdict: 'failed', findings: [], more: 0, flaky: [], tree: 't', phaseId: null, note: null };

describe('the report of a run', () => {
  it('lists what a run that ended early set out to show, as not shown', () => {
    const phase = {
      phaseId: 'p1',
      title: 'One',
      acceptanceCriteria: [{ id: 'AC-1', text: 'It works' }],
    } as unknown as Phase;
    const report = reportOf(UNBORN, { ...INPUT, phases: [phase], status: 'needs_followup' });
    expect(report.criteria).toMatchObject([
      { id: 'AC-1', text: 'It works', state: 'missing', tests: [], note: 'not weighed yet', verifier: 'not asked' },
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
    const state = { ...UNBORN, checks: { ...UNBORN.checks, weighed: [PROVEN] } };
    const input = { ...INPUT, status: 'needs_followup' as const, phases: phases as unknown as Phase[] };
    expect(reportOf(state, input).criteria.map((one) => one.state)).toEqual(['proven', 'missing']);
  });

  it('tells of each criterion the commits, and the word of checks, verifier and audit', () => {
    const gating = {
      kind: 'regression',
      check: 'lint',
      test: 'x',
      path: null,
      declared: null,
      gates: true,
      detail: null,
    };
    const judged = { end: { ...JUDGED, findings: [gating] } } as unknown as RunState['checks']['judged'];
    const state: RunState = {
      ...UNBORN,
      run: { ...UNBORN.run, pairs: ['implement', 'test', 'audit'] },
      opened: ['implement:p1', 'test:p1', 'implement:p2', 'audit'],
      completed: ['implement:p1', 'test:p1', 'audit'],
      audit: { result: 'clean' },
      checks: {
        ...UNBORN.checks,
        judged,
        commits: { p1: ['0123456789abcdef'] },
        weighed: [PROVEN, { ...PROVEN, phaseId: 'p2' }],
      },
    };
    const facts = reportOf(state, { ...INPUT, status: 'unverified', phases: [], decisions: ['as add <does>'] });
    const checks = [
      { name: 'test', holds: true },
      { name: 'lint', holds: false },
    ];
    expect(facts.criteria).toMatchObject([
      { commits: ['0123456789ab'], checks, verifier: 'complete', audit: 'no gaps' },
      { commits: [], checks, verifier: 'incomplete', audit: 'no gaps' },
    ]);
    expect(pullRequestBody(facts)).toContain(
      '| AC-1 |  | proven | `t` | `0123456789ab` | test holds, lint **does not hold** | complete | no gaps |',
    );
    expect(pullRequestBody(facts)).toContain('as add &lt;does&gt;');
    expect(reportHtml(facts)).toContain('check lint <b>does not hold</b> · verifier: complete · audit: no gaps');
    expect(reportHtml(facts)).toContain('as add &lt;does&gt;');
  });
});

describe('what was asked and decided', () => {
  const events = [
    started({ pairs: ['plan'], approvePlan: true }),
    ...[
      clarified('Which port?', { by: 'page', command_id: 'c1' }),
      clarified(null, {}),
      clarified('And now?', {}, 'auto'),
    ],
    approval({ verdict: 'rejected', text: 'Smaller <b>phases</b>\n## Ours', by: 'page', command_id: 'c2' }),
    ...(['cli', 'mcp'] as const).map((by) => approval({ verdict: 'approved', text: null, by, command_id: `c-${by}` })),
    approval({ verdict: 'approved', text: null, by: 'cli', command_id: null }),
  ].map((body, at) => ({ ts: `2026-11-29T12:0${at}:00Z`, run_id: 'r', seq: at + 1, ...body }));
  const heads = [
    'Answer · page · 2026-11-29 12:01 UTC',
    'Note · terminal · 2026-11-29 12:02 UTC',
    'Answer · an agent · 2026-11-29 12:03 UTC',
    'Plan sent back · page · 2026-11-29 12:04 UTC',
    'Plan approved · cli · 2026-11-29 12:05 UTC',
    'Plan approved · mcp · 2026-11-29 12:06 UTC',
    'Plan approved · terminal · 2026-11-29 12:07 UTC',
  ];

  it('stands in each form of the report, first to last, with who and when, and its texts are no markup', () => {
    const facts = reportOf(replay(events), { ...INPUT, status: 'paused', phases: [] });
    const page = reportHtml(facts);
    expect([...page.matchAll(/<dt>(.*?)<\/dt>/g)].map(([, head]) => head)).toEqual(heads);
    expect(page).toContain('<dd>Smaller &lt;b&gt;phases&lt;/b&gt;\n## Ours</dd>');
    const [, section = ''] = /## What was asked and decided\n\n([^]*?)(?:\n\n|$)/.exec(pullRequestBody(facts)) ?? [];
    expect([...section.matchAll(/^- \*\*(.*?)\*\*$/gm)].map(([, head]) => head)).toEqual(heads);
    expect(section).toContain('\n  Smaller &lt;b&gt;phases&lt;/b&gt; \\#\\# Ours\n');
  });

  it('is left out where there was nothing', () => {
    const facts = reportOf(replay(events.slice(0, 1)), { ...INPUT, status: 'paused', phases: [] });
    for (const text of [reportHtml(facts), pullRequestBody(facts)]) expect(text).not.toContain('asked and decided');
  });

  it('outlives an undo, which takes back files and no words', () => {
    const back = {
      event_type: 'run_rewound',
      to_seq: 1,
      number: 0,
      commit: null,
      undoes: null,
    } as unknown as EventBody;
    const undone = replay([...events, { ts: '2026-11-29T12:09:00Z', run_id: 'r', seq: events.length + 1, ...back }]);
    expect(undone.finished?.reason).toContain('went back');
    expect(undone.decided).toHaveLength(heads.length);
  });
});

describe('what was weighed', () => {
  it('is in the log: another process tells the same, and a phase that is weighed anew replaces its own alone', () => {
    const event = (more: object) =>
      ({
        event_type: 'checks_judged',
        at: 'pair',
        verdict: 'passed',
        new_failures: [],
        flaky: [],
        findings: [],
        more: 0,
        ...more,
      }) as unknown as CheckEventBody;
    const logged = (phase_id: string, state: string) => ({
      phase_id,
      id: 'AC-1',
      state,
      tests: ['t'],
      checks: [],
      note: null,
    });
    const steps = [
      event({ criteria: [logged('p1', 'proven')] }),
      event({ criteria: [logged('p2', 'missing')] }),
      event({}),
      event({ criteria: [logged('p2', 'kept')] }),
    ];
    const weighed = steps.reduce(foldChecks, NO_CHECKS).weighed;
    expect(weighed.map(({ phaseId, state }) => `${phaseId} ${state}`)).toEqual(['p1 proven', 'p2 kept']);
    expect(foldChecks({ ...NO_CHECKS, weighed }, event({ at: 'end' })).weighed).toEqual([]);
  });
});
