import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { createRig, type Rig } from '../support/rig.ts';
import {
  authors,
  LIBRARY,
  MUL_TESTS,
  OLD_TESTS,
  SHELL_CHECK,
  SHELL_PROJECT,
  WITH_MUL,
} from '../support/shell-project.ts';

const START = ['--intent', 'Work on the library', '--task-id', 't', '--max-iterations', '2'];
const VERIFIED = { code: 0, stdout: expect.stringContaining('verified by a check') as string };

function reportOf(rig: Rig): string {
  return readFileSync(path.join(rig.workspace, '.autoloop/tasks/t/runs', rig.lastRun().runId, 'report.md'), 'utf8');
}

function planned(phase: string) {
  const head = "version: 1\ntask_id: 't'\nrequest_snapshot_ref: 'r'\nphases:\n";
  return { pair: 'plan', role: 'producer', write: { '${bundle}/phase_plan.yaml': `${head}${phase}` } } as const;
}

const PHASE = (criterion: string) => `  - phase_id: 'p1'
    title: T
    objective: O
    status: planned
    in_scope: [a]
    out_of_scope: []
    acceptance_criteria: [${criterion}]
    dependencies: []
    deliverables: [d]
    risks: []
    rollback: []
`;

describe('honest work ends verified', () => {
  it('with a test that fails now and then, and one that has always failed: neither is the agent’s', async () => {
    const flaky =
      'if grep -q mul lib.sh && [ ! -e "$SEEN" ]; then : > "$SEEN"; k=0; else k=1; fi; ok $k 1 "comes and goes"\n';
    await using rig = await createRig({
      files: { ...SHELL_PROJECT, 'tests/t_clock.sh': flaky, 'tests/t_old.sh': 'ok 1 2 "never worked"\n' },
      config: SHELL_CHECK,
      script: authors({ 'lib.sh': WITH_MUL }),
    });
    expect(await rig.run(START, { env: { SEEN: path.join(rig.sandbox.root, 'seen') } })).toMatchObject(VERIFIED);
    expect(reportOf(rig)).toMatch(/Flaky, not counted[^]*comes and goes/);
    expect(reportOf(rig)).toMatch(/Failing before this run, not counted[^]*never worked/);
  });

  it('with a suite that takes too long for each turn: it is run before the first and at the end', async () => {
    await using rig = await createRig({
      files: { ...SHELL_PROJECT, 'slow.sh': 'sh tests/run.sh\n' },
      config: `${SHELL_CHECK}  - {name: slow, run: sh slow.sh, parser: tap, when: end}\n`,
      script: authors({ 'lib.sh': WITH_MUL }),
    });
    expect(await rig.run(START)).toMatchObject({ code: 0 });
    const ran = rig.events().filter(({ event_type: type }) => type === 'check_finished');
    const at = ran.flatMap((event) => ('check' in event && event.check === 'slow' && 'at' in event ? [event.at] : []));
    expect(new Set(at)).toEqual(new Set(['base', 'end']));
    expect(reportOf(rig)).toContain('**slow**');
  });

  it('after a refactoring, whose plan wants what was there kept', async () => {
    const tidy = LIBRARY.replace('$(($1 + $2))', '$(expr "$1" + "$2")');
    await using rig = await createRig({
      files: SHELL_PROJECT,
      config: SHELL_CHECK,
      script: authors({ 'lib.sh': tidy }, {}, [
        planned(PHASE('{id: AC-1, text: nothing changes for callers, verify: kept}')),
      ]),
    });
    expect(await rig.run(START)).toMatchObject(VERIFIED);
    expect(reportOf(rig)).toMatch(/AC-1 \| nothing changes for callers \| kept/);
  });

  it('after a change of what a test asks for, which the plan announces', async () => {
    const other = WITH_MUL.replace('$1 - $2', '$2 - $1');
    const tests = { ...MUL_TESTS, 'tests/t_add.sh': OLD_TESTS.replace('"$(sub 3 2)" 1', '"$(sub 3 2)" -1') };
    const announced = 'test_changes: [{test: subtracts, criterion: AC-1, reason: the request says so}]';
    await using rig = await createRig({
      files: SHELL_PROJECT,
      config: SHELL_CHECK,
      script: authors({ 'lib.sh': other }, tests, [
        planned(`${PHASE('{id: AC-1, text: it multiplies}')}    ${announced}\n`),
      ]),
    });
    expect(await rig.run(START)).toMatchObject(VERIFIED);
    expect(reportOf(rig)).toContain('announced by the plan');
  });

  it('after a move of the old tests to another file', async () => {
    await using rig = await createRig({
      files: SHELL_PROJECT,
      config: SHELL_CHECK,
      script: authors({ 'lib.sh': WITH_MUL }, { ...MUL_TESTS, 'tests/t_add.sh': '', 'tests/t_sums.sh': OLD_TESTS }),
    });
    expect(await rig.run(START)).toMatchObject(VERIFIED);
  });
});
