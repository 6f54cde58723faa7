import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Scope } from '../../../src/core/vocabulary.ts';
import { artifactStore } from '../../../src/store/run/artifacts.ts';
import { workspace } from './rig.ts';

const PLAN: Scope = { pair: 'plan', phaseId: null };
const TEST: Scope = { pair: 'test', phaseId: 'p-1' };
const AUDIT: Scope = { pair: 'audit', phaseId: null };
const CRITERIA = '- [ ] **Covered**: yes\n';

const PHASE = ['  - phase_id: p-1', '    title: T', '    objective: O', '    status: planned'].join('\n');
const LISTS = ['    in_scope:', '      - `code` in ticks', '    deliverables:', '      - D'].join('\n');
const PHASES = `phases:\n${PHASE}\n${LISTS}\n`;

function artifacts() {
  const { disk, run } = workspace();
  const place = (scope: Scope, name: string) => path.join(run.artifactDir(scope), name);
  return {
    store: artifactStore(disk, run),
    run,
    text: (scope: Scope, name: string) => readFileSync(place(scope, name), 'utf8'),
    write: (scope: Scope, name: string, text: string) => {
      mkdirSync(run.artifactDir(scope), { recursive: true });
      writeFileSync(place(scope, name), text);
    },
    names: (scope: Scope) => readdirSync(run.artifactDir(scope)).sort(),
  };
}

describe('seeding artifacts', () => {
  it('creates what is missing or empty of each pair, and changes nothing that is there', async () => {
    const { store, text, write, names } = artifacts();
    for (const scope of [PLAN, TEST, AUDIT]) await store.seed(scope, CRITERIA);
    expect(names(PLAN)).toEqual(['criteria.md', 'feedback.md', 'phase_plan.yaml', 'plan.md']);
    expect(names(TEST)).toEqual(['criteria.md', 'feedback.md', 'test_strategy.md']);
    expect(names(AUDIT)).toEqual([
      'audit_result.json',
      'criteria.md',
      'feedback.md',
      'gap_report.md',
      'revised_request.md',
    ]);
    expect(text(TEST, 'feedback.md')).toBe('# Test Author ↔ Test Auditor Feedback\n');
    write(TEST, 'criteria.md', 'mine\n');
    write(TEST, 'feedback.md', '');
    await store.seed(TEST, CRITERIA);
    expect(text(TEST, 'criteria.md')).toBe('mine\n');
    // As a power cut leaves a file whose content nothing waited for.
    expect(text(TEST, 'feedback.md')).toBe('# Test Author ↔ Test Auditor Feedback\n');
    expect(await store.readCriteria(PLAN)).toBe(CRITERIA);
    expect(await store.readCriteria({ pair: 'implement', phaseId: 'p-1' })).toBeNull();
  });

  it('puts the runtime’s keys of the phase plan back, and names them; what cannot be read is left to its error', async () => {
    const { store, text, write } = artifacts();
    expect(await store.mendPlanKeys()).toEqual([]);
    await store.seed(PLAN, CRITERIA);
    const seeded = text(PLAN, 'phase_plan.yaml');
    expect(await store.mendPlanKeys()).toEqual([]);
    write(PLAN, 'phase_plan.yaml', `task_id: other\nversion: 2\n${PHASES}`);
    expect(await store.mendPlanKeys()).toEqual(['version', 'task_id', 'request_snapshot_ref']);
    expect(text(PLAN, 'phase_plan.yaml')).toContain(seeded.split('phases:')[0]);
    expect((await store.readPhasePlan()).plan?.phases).toHaveLength(1);
    write(PLAN, 'phase_plan.yaml', `version: 1\nphases: [${' '.repeat(1_000_000)}]\n`);
    expect(await store.mendPlanKeys()).toEqual([]);
    expect((await store.readPhasePlan()).errors).toEqual([expect.stringMatching(/1001 KB, and at most 200 KB/)]);
  });

  it.each([
    ['many brackets', 'phases: ' + '['.repeat(150_000), /nested more than 100 levels/],
    ['many braces', 'phases: ' + '{a: '.repeat(4000), /nested more than 100 levels/],
    ['many dashes in a line', 'phases:\n' + '- '.repeat(90_000), /nested more than 100 levels/],
    ['many question marks in a line', '? '.repeat(90_000), /nested more than 100 levels/],
    ['many keys', Array.from({ length: 9000 }, (_, at) => `k${at}: 1\n`).join(''), /9001 lines, and at most 5000/],
    [
      'many keys in a line',
      `{${Array.from({ length: 9000 }, (_, at) => `[a${at}]: 1`).join()}}`,
      /9000 keys, and at most 5000/,
    ],
  ])('a phase plan of %s is an error, told without being read', async (_, text, words) => {
    const { store, write } = artifacts();
    write(PLAN, 'phase_plan.yaml', text);
    expect((await store.readPhasePlan()).errors).toEqual([expect.stringMatching(words)]);
  });

  it('puts criteria back that are gone or emptied, and a phase plan that is gone after it was read', async () => {
    const { store, text, write, run } = artifacts();
    write(PLAN, 'phase_plan.yaml', `task_id: demo\nversion: 1\nrequest_snapshot_ref: r\n${PHASES}`);
    await store.seed(TEST, CRITERIA);
    expect((await store.readPhasePlan()).errors).toEqual([]);
    write(TEST, 'criteria.md', '- [x] **Covered**: yes\n');
    expect(await store.restore(TEST, CRITERIA)).toEqual([]);
    write(TEST, 'criteria.md', 'nothing to tick\n');
    rmSync(path.join(run.artifacts, 'plan'), { recursive: true });
    expect(await store.restore(PLAN, CRITERIA)).toEqual([expect.stringMatching(/artifacts\/plan\/criteria\.md$/)]);
    expect(await store.restore(TEST, CRITERIA)).toEqual([
      expect.stringMatching(/^\.autoloop\/.*\/artifacts\/test\/phases\/p-1\/criteria\.md$/),
      expect.stringMatching(/artifacts\/plan\/phase_plan\.yaml$/),
    ]);
    expect(text(TEST, 'criteria.md')).toBe(CRITERIA);
    expect((await store.readPhasePlan()).plan?.phases.map(({ phaseId }) => phaseId)).toEqual(['p-1']);
  });

  it('keeps phases and other keys of a phase plan, and restores the keys of the runtime', async () => {
    const { store, text, write, run } = artifacts();
    write(PLAN, 'phase_plan.yaml', `task_id: another\nnotes: mine\n${PHASES}`);
    await store.seed(PLAN, CRITERIA);
    const plan = text(PLAN, 'phase_plan.yaml');
    expect(plan).toMatch(
      /^version: 1\ntask_id: demo\nrequest_snapshot_ref: \.autoloop\/tasks\/demo\/runs\/.*\/request\.md\n/,
    );
    expect(plan).toContain('notes: mine');
    expect(await store.readPhasePlan()).toMatchObject({
      errors: [],
      plan: { taskId: 'demo', phases: [{ phaseId: 'p-1', inScope: ['`code` in ticks'] }] },
    });
    expect(plan).not.toContain(run.workspace);
  });

  it('leaves a phase plan alone that says the right keys, to the byte, or that is no YAML mapping', async () => {
    const { store, text, write } = artifacts();
    await store.seed(PLAN, CRITERIA);
    const keys = text(PLAN, 'phase_plan.yaml').replace('phases: []\n', '');
    for (const found of [`# a comment\n${keys}${PHASES}`, 'phases: [\n', '- a list\n']) {
      write(PLAN, 'phase_plan.yaml', found);
      await store.seed(PLAN, CRITERIA);
      expect(text(PLAN, 'phase_plan.yaml')).toBe(found);
    }
  });
});

describe('reading the phase plan', () => {
  it('finds none where there is no file, an empty one, or the seed', async () => {
    const { store, write } = artifacts();
    const none = { plan: null, errors: [] };
    expect(await store.readPhasePlan()).toEqual(none);
    await store.seed(PLAN, CRITERIA);
    expect(await store.readPhasePlan()).toEqual(none);
    write(PLAN, 'phase_plan.yaml', '');
    expect(await store.readPhasePlan()).toEqual(none);
  });

  it.each([
    ['phases: [\n', /^phase_plan\.yaml is not valid YAML: .* \(line \d+, column \d+\)$/],
    ['a: @x\n', /not valid YAML: .*@.* \(line 1, column 4\)$/],
    ['a: 1\na: 2\n', /not valid YAML: .*unique.* \(line 2, column 1\)$/],
    ['a: *nowhere\n', /^phase_plan\.yaml cannot be read|not valid YAML/],
    ['- x\n', /./],
    [`task_id: other\n${PHASES}`, /task_id/],
  ])('words what is wrong with %j', async (text, words) => {
    const { store, write } = artifacts();
    write(PLAN, 'phase_plan.yaml', text);
    const { plan, errors } = await store.readPhasePlan();
    expect(plan).toBeNull();
    expect(errors.join('\n')).toMatch(words);
  });

  it('comes back the same from its canonical form, which is written once', async () => {
    const { store, write, text } = artifacts();
    write(PLAN, 'phase_plan.yaml', PHASES);
    await store.seed(PLAN, CRITERIA);
    const { plan } = await store.readPhasePlan();
    await store.writePhasePlan(plan!);
    expect(await store.readPhasePlan()).toEqual({ plan, errors: [] });
    const canonical = text(PLAN, 'phase_plan.yaml');
    await store.writePhasePlan(plan!);
    expect(text(PLAN, 'phase_plan.yaml')).toBe(canonical);
    expect([...canonical.matchAll(/^(\w+):/gm)].map((match) => match[1])).toEqual([
      'version',
      'task_id',
      'request_snapshot_ref',
      'phases',
    ]);
  });
});

describe('the fingerprint of a scope', () => {
  it('changes with names and contents of its own artifacts, and with nothing else', async () => {
    const { store, write, run } = artifacts();
    const missing = await store.fingerprint(TEST);
    await store.seed(TEST, CRITERIA);
    const seeded = await store.fingerprint(TEST);
    expect(seeded).not.toBe(missing);
    await store.seed(PLAN, CRITERIA);
    write(TEST, 'feedback.md.1-ab.tmp', 'x');
    expect(await store.fingerprint(TEST)).toBe(seeded);
    write(TEST, 'test_strategy.md', '# test_strategy.md\nx');
    const edited = await store.fingerprint(TEST);
    expect(edited).not.toBe(seeded);
    write(TEST, 'more.md', '');
    expect(await store.fingerprint(TEST)).not.toBe(edited);
    rmSync(path.join(run.artifactDir(TEST), 'more.md'));
    expect(await store.fingerprint(TEST)).toBe(edited);
  });
});

describe('a system warning', () => {
  it('is written once for its cycle, also into feedback that an agent removed', async () => {
    const { store, text } = artifacts();
    await store.warnInFeedback(TEST, 2, 'No promise.');
    await store.warnInFeedback(TEST, 2, 'No promise.');
    await store.warnInFeedback(TEST, 3, 'No promise.');
    const head = '# Test Author ↔ Test Auditor Feedback\n';
    const section = (cycle: number) => `\n## System Warning (cycle ${cycle})\n\nNo promise.\n`;
    expect(text(TEST, 'feedback.md')).toBe(head + section(2) + section(3));
  });
});

describe('artifacts that no agent has touched', () => {
  it.each(['# Feedback\n', 'no end of line', 'two\n\n', '# Feedback\n\n## System Warning (cycle 2)\n\nEarlier.\n'])(
    'are known as that although warnings were added to %j',
    async (feedback) => {
      const { store, write } = artifacts();
      await store.seed(TEST, CRITERIA);
      write(TEST, 'feedback.md', feedback);
      const since = { before: await store.fingerprint(TEST), cycle: 2 };
      expect(await store.isUntouched(TEST, since)).toBe(true);
      await store.warnInFeedback(TEST, 2, 'No promise.');
      await store.warnInFeedback(TEST, 2, 'A box was gone – put back.');
      expect(await store.fingerprint(TEST)).not.toBe(since.before);
      expect(await store.isUntouched(TEST, since)).toBe(true);
    },
  );

  it.each([false, true])(
    'are not those whose feedback an agent has added to (warned earlier in the cycle: %s)',
    async (isWarned) => {
      const { store, text, write } = artifacts();
      await store.seed(TEST, CRITERIA);
      if (isWarned) await store.warnInFeedback(TEST, 2, 'A box was gone.');
      const since = { before: await store.fingerprint(TEST), cycle: 2 };
      write(TEST, 'feedback.md', `${text(TEST, 'feedback.md')}It fails.\n`);
      await store.warnInFeedback(TEST, 2, 'No promise.');
      expect(await store.isUntouched(TEST, since)).toBe(false);
    },
  );

  it('are not those of which one has changed', async () => {
    const { store, write } = artifacts();
    await store.seed(TEST, CRITERIA);
    const since = { before: await store.fingerprint(TEST), cycle: 2 };
    await store.warnInFeedback(TEST, 2, 'No promise.');
    write(TEST, 'notes.md', 'new');
    expect(await store.isUntouched(TEST, since)).toBe(false);
  });

  it('have no warnings of another cycle', async () => {
    const { store } = artifacts();
    await store.seed(TEST, CRITERIA);
    const since = { before: await store.fingerprint(TEST), cycle: 2 };
    await store.warnInFeedback(TEST, 1, 'No promise.');
    expect(await store.isUntouched(TEST, since)).toBe(false);
  });
});

describe('the audit', () => {
  it('is judged by its three files, with the hashes of the texts that it rests on', async () => {
    const { store, write, run } = artifacts();
    await store.seed(AUDIT, CRITERIA);
    expect((await store.readAuditResult()).verdict.kind).toBe('invalid');
    write(AUDIT, 'gap_report.md', 'one gap');
    write(AUDIT, 'revised_request.md', 'close it');
    const revised_request_path = path.join(run.artifactDir(AUDIT), 'revised_request.md');
    write(
      AUDIT,
      'audit_result.json',
      JSON.stringify({ material_gaps_found: true, summary: 's', revised_request_path }),
    );
    expect(await store.readAuditResult()).toEqual({
      verdict: { kind: 'gaps', summary: 's' },
      revisedRequestSha256: '7d5d4108219be7e02c1433052ab4159e177875e6c66b6e1bf35e89eb9cc89f87',
      gapReportSha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
    });
  });
});
