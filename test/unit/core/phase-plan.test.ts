import { describe, expect, it } from 'vitest';
import {
  canonicalPhasePlan,
  fitsPlan,
  implicitPhase,
  parsePhasePlan,
  selectPhases,
  type PhasePlan,
} from '../../../src/core/phase-plan.ts';

function phase(id: string, changes: object = {}): Record<string, unknown> {
  return {
    phase_id: id,
    title: 'Title',
    objective: 'Objective',
    status: 'planned',
    in_scope: ['Something'],
    deliverables: ['Code'],
    ...changes,
  };
}

function document(phases: unknown, changes: object = {}): Record<string, unknown> {
  return { version: 1, task_id: 'task', request_snapshot_ref: 'request.md', phases, ...changes };
}

function planOf(...ids: string[]): PhasePlan {
  const parsed = parsePhasePlan(document(ids.map((id) => phase(id))), 'task');
  if ('errors' in parsed) throw new Error(parsed.errors.join('\n'));
  return parsed.plan;
}

function errorsOf(value: unknown): readonly string[] {
  const parsed = parsePhasePlan(value, 'task');
  return 'errors' in parsed ? parsed.errors : [];
}

describe('a phase plan', () => {
  it('is read with trimmed texts and empty lists for absent ones', () => {
    const parsed = parsePhasePlan(
      document([phase(' a ', { title: 'Title\n', risks: null, rollback: [], extra: 1 })], { note: 'x' }),
      'task',
    );
    expect(parsed).toEqual({
      plan: {
        version: 1,
        taskId: 'task',
        requestSnapshotRef: 'request.md',
        phases: [
          {
            phaseId: 'a',
            title: 'Title',
            objective: 'Objective',
            status: 'planned',
            inScope: ['Something'],
            outOfScope: [],
            dependencies: [],
            acceptanceCriteria: [],
            deliverables: ['Code'],
            risks: [],
            rollback: [],
          },
        ],
      },
    });
  });

  it('is written in the canonical order of keys', () => {
    const written = canonicalPhasePlan(planOf('a'));
    expect(Object.keys(written)).toEqual(['version', 'task_id', 'request_snapshot_ref', 'phases']);
    expect(Object.keys((written['phases'] as object[])[0]!)).toEqual([
      'phase_id',
      'title',
      'objective',
      'status',
      'in_scope',
      'out_of_scope',
      'dependencies',
      'acceptance_criteria',
      'deliverables',
      'risks',
      'rollback',
    ]);
  });

  it('may depend on earlier phases and on anything that is no phase', () => {
    const phases = [phase('a', { dependencies: ['the build server'] }), phase('b', { dependencies: ['a', 'A'] })];
    expect(errorsOf(document(phases))).toEqual([]);
  });

  it('accepts every status and ids of 96 bytes', () => {
    const statuses = ['planned', 'in_progress', 'completed', 'blocked', 'deferred'];
    expect(errorsOf(document(statuses.map((status) => phase(status, { status }))))).toEqual([]);
    expect(errorsOf(document([phase('日'.repeat(32))]))).toEqual([]);
  });

  it.each([
    ['no mapping', [], 'phase_plan.yaml must hold a mapping'],
    ['an empty file', null, 'phase_plan.yaml must hold a mapping'],
    ['another version', document([phase('a')], { version: 2 }), 'version must be 1'],
    ['a version in quotes', document([phase('a')], { version: '1' }), 'version must be 1'],
    ['another task', document([phase('a')], { task_id: 'other' }), 'task_id must be "task"'],
    [
      'no snapshot',
      document([phase('a')], { request_snapshot_ref: ' ' }),
      'request_snapshot_ref must be a non-empty string',
    ],
    ['no phases', document(undefined), 'phases must be a non-empty list'],
    ['an empty list of phases', document([]), 'phases must be a non-empty list'],
    ['a phase that is text', document(['a']), 'phases[1] must be a mapping'],
    ['no id', document([phase('a'), phase(' ')]), 'phases[2].phase_id must be a non-empty string'],
    ['a number as id', document([phase('a', { phase_id: 7 })]), 'phases[1].phase_id must be a non-empty string'],
    ['an id of 97 bytes', document([phase('a'.repeat(97))]), 'phases[1].phase_id must have at most 96 bytes of UTF-8'],
    [
      'an id that is a secret',
      document([phase(['AK', 'IAIOSFODNN7EXAMPLE'].join(''))]),
      'phases[1].phase_id has the shape of a secret, and names folders that are committed',
    ],
    ['an id of two lines', document([phase('a\nb')]), 'phases[1].phase_id must not have control characters'],
    ['an id with half a character', document([phase('\ud800')]), 'phases[1].phase_id must not have control characters'],
    [
      'an id that comes twice',
      document([phase('a'), phase('b'), phase(' a')]),
      'phases[3].phase_id must be unique: phases[1] has "a" too',
    ],
    ['no title', document([phase('a', { title: undefined })]), 'phases[1].title must be a non-empty string'],
    ['no objective', document([phase('a', { objective: '' })]), 'phases[1].objective must be a non-empty string'],
    [
      'another status',
      document([phase('a', { status: 'done' })]),
      'phases[1].status must be one of planned, in_progress, completed, blocked, deferred',
    ],
    ['no scope', document([phase('a', { in_scope: [] })]), 'phases[1].in_scope must be a non-empty list'],
    ['scope as text', document([phase('a', { in_scope: 'x' })]), 'phases[1].in_scope must be a non-empty list'],
    [
      'an empty entry',
      document([phase('a'), phase('b', { in_scope: [''] })]),
      'phases[2].in_scope[1] must be a non-empty string',
    ],
    [
      'an entry with an unquoted colon',
      document([phase('a', { deliverables: ['x', { Docs: 'README' }] })]),
      'phases[1].deliverables[2] must be a non-empty string (found a mapping: put text with a colon in quotes)',
    ],
    ['risks as text', document([phase('a', { risks: 'none' })]), 'phases[1].risks must be a list'],
    [
      'rollback with null',
      document([phase('a', { rollback: [null] })]),
      'phases[1].rollback[1] must be a non-empty string',
    ],
    [
      'a criterion that is text',
      document([phase('a', { acceptance_criteria: ['x'] })]),
      'phases[1].acceptance_criteria[1] must be a mapping of id and text',
    ],
    [
      'a criterion without text',
      document([phase('a', { acceptance_criteria: [{ id: 'AC-1', text: 'x' }, { id: 'AC-2' }] })]),
      'phases[1].acceptance_criteria[2].text must be a non-empty string',
    ],
    [
      'a dependency on a later phase',
      document([phase('a', { dependencies: ['x', 'b'] }), phase('b')]),
      'phases[1].dependencies[2] must name an earlier phase: "b" is phases[2]',
    ],
    [
      'a dependency on itself',
      document([phase('a', { dependencies: ['a'] })]),
      'phases[1].dependencies[1] must name an earlier phase: "a" is this phase itself',
    ],
  ])('is refused with %s', (_name, value, error) => {
    expect(errorsOf(value)).toEqual([error]);
  });

  it('is not told of clashes between ids that are not there', () => {
    expect(errorsOf(document([phase('', { dependencies: [''] }), phase('')]))).toEqual([
      'phases[1].phase_id must be a non-empty string',
      'phases[1].dependencies[1] must be a non-empty string',
      'phases[2].phase_id must be a non-empty string',
    ]);
  });

  it('is told every fault at once', () => {
    expect(errorsOf({})).toEqual([
      'version must be 1',
      'task_id must be "task"',
      'request_snapshot_ref must be a non-empty string',
      'phases must be a non-empty list',
    ]);
  });
});

describe('the implicit phase', () => {
  it('is a valid phase whose scope is the request, told by its first line', () => {
    const long = implicitPhase(`${'x'.repeat(500)}\nmore`);
    for (const implicit of [implicitPhase('Build it.\nDetails'), implicitPhase(''), long]) {
      const plan: PhasePlan = { version: 1, taskId: 'task', requestSnapshotRef: 'r', phases: [implicit] };
      expect(parsePhasePlan(canonicalPhasePlan(plan), 'task')).toEqual({ plan });
      expect(implicit.phaseId).toBe('implicit-phase');
    }
    expect(implicitPhase('Build it.\nDetails').inScope).toEqual(['The request in the request file: Build it.']);
    expect(long.inScope.join('').length).toBeLessThan(200);
  });
});

describe('selecting phases', () => {
  const plan = planOf('a', 'b', 'c');

  it.each([
    [plan, null, 'single', ['a', 'b', 'c']],
    [plan, 'b', 'single', ['b']],
    [plan, 'b', 'up-to', ['a', 'b']],
    [plan, 'a', 'up-to', ['a']],
    [plan, ' c ', 'up-to', ['a', 'b', 'c']],
  ] as const)('takes them from the plan (%#)', (from, id, mode, phaseIds) => {
    expect(selectPhases(from, id, mode)).toEqual({ selection: { mode, phaseIds, explicit: true } });
  });

  it('takes the implicit phase without a plan', () => {
    const selection = { mode: 'single', phaseIds: ['implicit-phase'], explicit: false };
    expect(selectPhases(null, null, 'single')).toEqual({ selection });
  });

  it.each([
    [plan, null, 'up-to', '--phase-mode up-to needs --phase-id'],
    [null, null, 'up-to', '--phase-mode up-to needs --phase-id'],
    [null, 'a', 'single', '--phase-id a needs a phase plan, and this run has none'],
    [plan, 'x', 'single', '--phase-id x is not in the phase plan, which has: a, b, c'],
  ] as const)('is refused when it cannot be done (%#)', (from, id, mode, error) => {
    expect(selectPhases(from, id, mode)).toEqual({ error });
  });

  it('holds while the plan keeps the selected phases in their order', () => {
    const selection = { mode: 'single', phaseIds: ['a', 'c'], explicit: true } as const;
    expect(fitsPlan(selection, plan)).toEqual({ fits: true });
    expect(fitsPlan(selection, planOf('a', 'new', 'c'))).toEqual({ fits: true });
    expect(fitsPlan(selection, planOf('a', 'b'))).toEqual({
      error: 'the phase plan no longer has the selected phase c',
    });
    expect(fitsPlan(selection, planOf('c', 'a'))).toEqual({
      error: 'the phase plan has the selected phases in another order: c, a instead of a, c',
    });
    expect(fitsPlan(selection, null)).toMatchObject({ error: expect.stringContaining('the plan is gone') as string });
    expect(fitsPlan({ mode: 'single', phaseIds: ['implicit-phase'], explicit: false }, null)).toEqual({ fits: true });
  });
});
