import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judgeAudit } from '../../src/core/audit.ts';
import { boxesOf, openCriteria } from '../../src/core/criteria.ts';
import {
  compareRuns,
  formatRunId,
  isRunId,
  phaseKey,
  runIdTime,
  slugify,
  taskIdFromIntent,
} from '../../src/core/ids.ts';
import {
  canonicalPhasePlan,
  fitsPlan,
  parsePhasePlan,
  selectPhases,
  type PhasePlan,
} from '../../src/core/phase-plan.ts';
import { formatTimestamp, parseTimestamp } from '../../src/core/time.ts';
import { tries } from '../support/tries.ts';

const text = fc
  .string({ unit: 'grapheme', maxLength: 30 })
  .map((value) => value.trim())
  .filter((value) => value !== '');
const phaseId = fc
  .oneof(
    fc.stringMatching(/^[a-z0-9][a-z0-9._-]{0,8}$/),
    fc.constantFrom('nul', 'NUL', 'com1', 'a.', 'a', 'A', 'é'),
    text,
  )
  .filter((id) => new TextEncoder().encode(id).length <= 96 && !/[\p{Cc}\p{Cs}]/u.test(id));
const texts = fc.array(text, { maxLength: 3 });
const someTexts = fc.array(text, { minLength: 1, maxLength: 3 });

const phase = fc.record({
  phaseId,
  title: text,
  objective: text,
  status: fc.constantFrom('planned', 'in_progress', 'completed', 'blocked', 'deferred'),
  inScope: someTexts,
  outOfScope: texts,
  dependencies: fc.constant([] as string[]),
  acceptanceCriteria: fc.array(fc.record({ id: text, text }), { maxLength: 2 }),
  deliverables: someTexts,
  risks: texts,
  rollback: texts,
});

/** Every phase depends on some of the earlier ones. */
const plan: fc.Arbitrary<PhasePlan> = fc
  .tuple(fc.uniqueArray(phase, { minLength: 1, maxLength: 6, selector: (one) => one.phaseId }), fc.nat(63), text, text)
  .map(([phases, picks, taskId, requestSnapshotRef]) => ({
    version: 1,
    taskId,
    requestSnapshotRef,
    phases: phases.map((one, index) => ({
      ...one,
      dependencies: phases.slice(0, index).flatMap((earlier, at) => ((picks >> at) & 1 ? [earlier.phaseId] : [])),
    })),
  }));

describe('phase plans', () => {
  it('are read as they were written', () => {
    fc.assert(
      fc.property(plan, (written) => {
        const wire: unknown = JSON.parse(JSON.stringify(canonicalPhasePlan(written)));
        expect(parsePhasePlan(wire, written.taskId)).toEqual({ plan: written });
      }),
    );
  });

  it('never throw, whatever the document', () => {
    const keys = fc.constantFrom(
      'version',
      'task_id',
      'phases',
      'phase_id',
      'in_scope',
      'acceptance_criteria',
      'dependencies',
    );
    const document = fc.anything({ key: keys, maxDepth: 4, withNullPrototype: true });
    fc.assert(
      fc.property(document, (value) => {
        expect(parsePhasePlan(value, 'task')).toHaveProperty('errors');
      }),
    );
  });

  it('keep fitting the selections made from them', () => {
    fc.assert(
      fc.property(plan, fc.nat(5), fc.constantFrom('single', 'up-to'), (from, pick, mode) => {
        const chosen = from.phases[pick % from.phases.length]!.phaseId;
        const selected = selectPhases(from, chosen, mode);
        if ('error' in selected) throw new Error(selected.error);
        expect(selected.selection.phaseIds.at(-1)).toBe(chosen);
        expect(fitsPlan(selected.selection, from)).toEqual({ fits: true });
        const without = { ...from, phases: from.phases.filter((one) => one.phaseId !== chosen) };
        expect(fitsPlan(selected.selection, without)).toHaveProperty('error');
      }),
    );
  });
});

describe('names', () => {
  it('of phases are different folders on every disk', () => {
    fc.assert(
      fc.property(phaseId, phaseId, (a, b) => {
        fc.pre(a !== b);
        expect(phaseKey(a).toLowerCase()).not.toBe(phaseKey(b).toLowerCase());
      }),
      { numRuns: tries(500) },
    );
  });

  it('of phases are safe folder names of at most 197 characters', () => {
    fc.assert(
      fc.property(phaseId, (id) => {
        const key = phaseKey(id);
        expect(key).toMatch(/^(?:[a-z0-9][a-z0-9._-]*|_pid-[0-9a-f]+)$/);
        expect(key).not.toMatch(/\.$|^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/);
        expect(key.length).toBeLessThanOrEqual(197);
      }),
    );
  });

  it('of tasks are slugs, and a slug is its own', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 80 }), (value) => {
        const slug = slugify(value);
        expect(slug).toMatch(/^[a-z0-9]+(?:-[a-z0-9]+)*$/);
        expect(slugify(slug)).toBe(slug);
        expect(taskIdFromIntent(value, () => 'abcdef0123')).toMatch(/^(?=.{1,57}$)[a-z0-9]+(?:-[a-z0-9]+)*-abcdef01$/);
      }),
    );
  });

  const moment = fc.date({ min: new Date(0), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true });

  it('of runs tell the second they were made in, and order by it', () => {
    const hex = fc.stringMatching(/^[0-9a-f]{8}$/);
    fc.assert(
      fc.property(moment, moment, hex, hex, (a, b, hexA, hexB) => {
        const [runA, runB] = [formatRunId(a, hexA), formatRunId(b, hexB)];
        expect(isRunId(runA)).toBe(true);
        expect(runIdTime(runA)).toBe(Math.floor(a.getTime() / 1000) * 1000);
        const order = compareRuns({ runId: runA, firstEventTs: null }, { runId: runB, firstEventTs: null });
        expect(Math.sign(order)).toBe(runA === runB ? 0 : runA < runB ? -1 : 1);
      }),
    );
  });

  it('of moments are read as they were written', () => {
    fc.assert(
      fc.property(moment, (date) => {
        expect(parseTimestamp(formatTimestamp(date))).toBe(date.getTime());
        expect(parseTimestamp(date.toISOString())).toBe(date.getTime());
      }),
    );
  });
});

describe('criteria', () => {
  const name = fc.stringMatching(/^[A-Za-z][A-Za-z /]{0,12}[a-z]$/);
  const names = fc.uniqueArray(name, {
    minLength: 1,
    maxLength: 6,
    selector: (one) => one.toLowerCase().replace(/\s+/g, ' '),
  });
  const line = (box: string, tick: string) => `- [${tick}] **${box}**: true.\n`;

  it('are complete exactly when all seeded boxes are there and ticked', () => {
    fc.assert(
      fc.property(names, fc.nat(63), fc.nat(63), fc.constantFrom('* ', ''), (seeded, removed, unticked, prefix) => {
        const kept = seeded.filter((_, index) => ((removed >> index) & 1) === 0);
        const open = kept.filter((one) => (unticked >> seeded.indexOf(one)) & 1);
        const file = `# Criteria\n\n${kept.map((one) => line(one, open.includes(one) ? ' ' : 'x')).join('')}`;
        const check = openCriteria(file.replaceAll('- [', `${prefix || '- '}[`), seeded);
        expect(check.open).toEqual(open);
        expect(check.missing).toEqual(seeded.filter((one) => !kept.includes(one)));
        expect(check.complete).toBe(kept.length === seeded.length && open.length === 0);
      }),
    );
  });

  it('never miss a box that they themselves list', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.array(text), (any, boxes) => {
        const file = `${any}\n${boxes.map((box) => `- [x] ${box}\n`).join('')}`;
        expect(openCriteria(file, boxesOf(file)).missing).toEqual([]);
      }),
    );
  });
});

it('an audit has a verdict on any files', () => {
  const file = fc.option(fc.oneof(fc.string(), fc.json()));
  fc.assert(
    fc.property(file, file, file, (resultText, revisedRequest, gapReport) => {
      const verdict = judgeAudit({
        resultText,
        revisedRequest,
        gapReport,
        revisedRequestPath: '/w/audit/revised_request.md',
      });
      expect(verdict.kind).toBe('invalid');
    }),
  );
});
