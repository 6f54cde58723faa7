import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
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

const OTHER_WAY = WITH_MUL.replace('$1 - $2', '$2 - $1');
const START = ['--intent', 'Add mul', '--task-id', 't', '--max-iterations', '2'];

function fileOf(rig: Rig, name: string): string {
  return path.join(rig.workspace, '.autoloop/tasks/t/runs', rig.lastRun().runId, name);
}

describe('a change of an old test that only its author stands for', () => {
  it('ends the run as unverified until a person accepts it by name', async () => {
    const tests = {
      ...MUL_TESTS,
      'tests/t_add.sh': OLD_TESTS.replace('"$(sub 3 2)" 1', '"$(sub 3 2)" -1'),
    };
    const signed = { '${bundle}/test_changes.yaml': '- {test: subtracts, criterion: AC-1, reason: it is better}\n' };
    await using rig = await createRig({
      files: SHELL_PROJECT,
      config: SHELL_CHECK,
      script: authors({ 'lib.sh': OTHER_WAY, 'tests/t_add.sh': tests['tests/t_add.sh'], ...signed }, tests),
    });
    expect((await rig.run(START)).code).toBe(6);
    const turns = rig.turns().length;
    const unknown = await rig.run(['--resume', '--accept', 'divides']);
    expect(unknown).toMatchObject({ code: 2, stderr: expect.stringContaining('subtracts') as string });
    const accepted = await rig.run(['--resume', '--accept', 'subtracts']);
    expect(accepted).toMatchObject({ code: 0, stdout: expect.stringContaining('verified by a check') as string });
    expect(rig.turns().length).toBe(turns);
    expect(rig.events()).toContainEqual(
      expect.objectContaining({ event_type: 'change_accepted', name: 'subtracts', source: 'human' }),
    );
    expect(readFileSync(fileOf(rig, 'report.md'), 'utf8')).toContain('accepted by a person');
    const facts = JSON.parse((await rig.run(['report', '--json'])).stdout) as { criteria: unknown };
    const checks = [{ name: 'test', holds: true }];
    expect(facts.criteria).toMatchObject([{ state: 'proven', checks, verifier: 'complete', audit: 'no gaps' }]);
    await rig.checkPromises();
  });
});

describe('what a person edits while the run stands still', () => {
  it('is no agent’s doing: configuration, an old test, the runner, committed or not', async () => {
    const limit = (turns: number) => `${SHELL_CHECK}runtime: {max_turns: ${turns}}\n`;
    await using rig = await createRig({
      files: { ...SHELL_PROJECT, Makefile: 'check:\n\tsh tests/run.sh\n', '.gitlab-ci.yml': 'a: 1\n' },
      config: limit(4),
      script: authors({ 'lib.sh': WITH_MUL }),
    });
    expect((await rig.run(START)).code).toBe(4);
    rig.write('autoloop.yaml', limit(20));
    rig.write('.gitlab-ci.yml', 'a: 2\n');
    rig.write('Makefile', 'check:\n\tsh tests/run.sh 2>&1\n');
    rig.git('commit', '-qam', 'mine');
    rig.write('tests/t_add.sh', OLD_TESTS.replace('subtracts', '"takes away"'));
    rig.write('lib.sh', `# mine\n${WITH_MUL}`);
    expect(await rig.run(['--resume'])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(
        /counted as yours.*: \.gitlab-ci\.yml, Makefile, autoloop\.yaml, tests\/t_add\.sh/,
      ) as string,
    });
    await rig.checkPromises();
  });

  it('is the guard from then on, which an agent may not touch unannounced', async () => {
    const limit = (turns: number) => `${SHELL_CHECK}runtime: {max_turns: ${turns}}\n`;
    await using rig = await createRig({
      files: SHELL_PROJECT,
      config: limit(4),
      script: authors({ 'lib.sh': WITH_MUL }, { ...MUL_TESTS, 'tests/t_add.sh': OLD_TESTS }),
    });
    expect((await rig.run(START)).code).toBe(4);
    rig.write('autoloop.yaml', limit(20));
    rig.write('tests/t_add.sh', `${OLD_TESTS}ok "$(add 2 2)" 4 "adds twice"\n`);
    const resumed = await rig.run(['--resume']);
    expect(resumed).toMatchObject({ code: 1, stderr: expect.stringContaining('adds twice') as string });
  });
});

describe('autoloop report', () => {
  it('is made anew from the log, whatever was written over it', async () => {
    await using rig = await createRig({
      files: SHELL_PROJECT,
      config: SHELL_CHECK,
      script: authors({ 'lib.sh': WITH_MUL }),
    });
    expect((await rig.run(START)).code).toBe(0);
    const written = readFileSync(fileOf(rig, 'report.md'), 'utf8');
    writeFileSync(fileOf(rig, 'report.md'), 'All is well\n');
    const again = await rig.run(['report']);
    expect(again).toMatchObject({ code: 0, stdout: written, stderr: expect.stringContaining('put back') as string });
    expect(readFileSync(fileOf(rig, 'report.md'), 'utf8')).toBe(written);
    const facts = JSON.parse((await rig.run(['report', '--json'])).stdout) as { criteria: unknown };
    expect(facts.criteria).toEqual([
      expect.objectContaining({ id: 'AC-1', state: 'proven', tests: [expect.stringMatching(/multiplies/)] }),
    ]);
    expect((await rig.run(['report', '--pr'])).stdout).not.toMatch(/^# /m);
  });
});

describe('a held-back check', () => {
  it('catches work that fits the known tests alone, and tells neither agents nor what they can read more than its name', async () => {
    const qa =
      '. ./lib.sh\n[ "$(mul 5 5)" = 25 ] && echo "ok 1 - hidden-one" || echo "not ok 1 - hidden-one"\necho 1..1\n';
    const check = '  - {name: secret, run: sh qa/run.sh, parser: tap, held_back: true}\n';
    await using rig = await createRig({
      files: { ...SHELL_PROJECT, 'qa/run.sh': qa },
      config: `${SHELL_CHECK}${check}`,
      script: authors({ 'lib.sh': `${LIBRARY}mul() { echo 12; }\n` }),
    });
    const done = await rig.run(START);
    expect(done).toMatchObject({ code: 6, stdout: expect.stringContaining('check secret does not pass') as string });
    const prompts = rig.turns().map(({ prompt }) => prompt);
    const told = [done.stdout, done.stderr, ...prompts, JSON.stringify(rig.events())];
    for (const file of ['report.md', 'report.html']) told.push(readFileSync(fileOf(rig, file), 'utf8'));
    expect(told.filter((text) => text.includes('hidden-one'))).toEqual([]);
    expect(prompts.filter((text) => text.includes('sh qa/run.sh'))).toEqual([]);
    expect(prompts.some((text) => text.includes('secret: held back'))).toBe(true);
  });
});

describe('--no-checks', () => {
  it('runs none, and the end says that nothing is verified', async () => {
    await using rig = await createRig({ files: SHELL_PROJECT, config: SHELL_CHECK, script: authors({}) });
    const done = await rig.run([...START, '--no-checks']);
    expect(done).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('not verified: checks are switched off') as string,
    });
    expect(rig.events().filter(({ event_type: type }) => type === 'check_started')).toEqual([]);
    expect(rig.events().at(-1)).toMatchObject({ event_type: 'run_finished', verified: false });
    expect(readFileSync(fileOf(rig, 'report.md'), 'utf8')).toContain('not verified');
  });
});

describe('a check that cannot run', () => {
  it('is refused before anything is spent, and mended with --reload-checks', async () => {
    await using rig = await createRig({
      files: SHELL_PROJECT,
      config: 'checks:\n  - {name: test, run: no-such-program}\n',
      script: authors({ 'lib.sh': WITH_MUL }),
    });
    const refused = await rig.run(START);
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('no-such-program') as string });
    rig.write('autoloop.yaml', SHELL_CHECK);
    expect(await rig.run(['--resume'])).toMatchObject({ code: 1 });
    expect(rig.turns()).toEqual([]);
    expect(await rig.run(['--resume', '--reload-checks'])).toMatchObject({ code: 0 });
  });
});

describe('a check that was found and cannot run', () => {
  const scripts = (test: string) => JSON.stringify({ scripts: { test } });

  it.each([
    ['is left out, at the end as well', {}, false],
    ['counts once the work has made it run', { 'package.json': scripts('sh tests/run.sh') }, true],
  ])('%s', async (_title, more, verified) => {
    await using rig = await createRig({
      files: { ...SHELL_PROJECT, 'package.json': scripts('no-such-program') },
      script: authors({ 'lib.sh': WITH_MUL, ...more }),
    });
    const done = await rig.run(START);
    expect(done, rig.report()).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('test cannot run here and is left out') as string,
    });
    expect(rig.events().at(-1)).toMatchObject({ event_type: 'run_finished', status: 'success', verified });
  });
});

describe('a check that the run has written', () => {
  const { 'tests/run.sh': runner = '', ...others } = SHELL_PROJECT;

  it.each([
    ['proves nothing where it asks for nothing', 'true', 6],
    ['proves the work where it fails on the old code', 'sh tests/run.sh', 0],
  ])('%s', async (_title, command, code) => {
    const makefile = { Makefile: `test:\n\t@${command}\n`, 'tests/run.sh': runner };
    const named = { '${bundle}/acceptance_evidence.yaml': 'AC-1: {check: make}\n' };
    await using rig = await createRig({
      files: others,
      script: authors({ 'lib.sh': WITH_MUL }, { ...MUL_TESTS, ...makefile, ...named }),
    });
    expect((await rig.run(START)).code, rig.report()).toBe(code);
    expect(rig.events().at(-1)).toMatchObject(
      code === 0 ? { status: 'success', verified: true } : { status: 'unverified' },
    );
  });
});

describe('a check that needs what no clean copy has', () => {
  it('is run in the work tree, and honest work ends verified', async () => {
    await using rig = await createRig({
      files: { ...SHELL_PROJECT, '.gitignore': 'local.txt\n' },
      config: 'checks:\n  - {name: test, run: . ./local.txt && sh tests/run.sh, parser: tap}\n',
      script: authors({ 'lib.sh': WITH_MUL }),
    });
    rig.write('local.txt', 'here=1\n');
    const done = await rig.run(START);
    expect(done).toMatchObject({ code: 0, stdout: expect.stringContaining('verified by a check') as string });
    expect(done.stderr).toContain('it is run in the work tree');
  });
});

describe('the settings of evidence', () => {
  it('refuse a run that has to be verified and knows no check, before anything is spent', async () => {
    await using rig = await createRig({ config: 'evidence: {mode: required}\n' });
    expect(await rig.run(START)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('evidence.mode is required, and no check is known') as string,
    });
    expect(rig.turns()).toEqual([]);
  });

  it('take a change of dependencies that no lock file tells for done only where a person accepts it as it is', async () => {
    const signed = '- {test: deps, criterion: AC-1, reason: it is better}\n';
    const bent = { 'deps/begin.sh': 'n=0; # bent\n', '${bundle}/test_changes.yaml': signed };
    await using rig = await createRig({
      files: { ...SHELL_PROJECT, '.gitignore': 'deps\n' },
      config:
        'checks:\n  - {name: test, run: . deps/begin.sh && sh tests/run.sh, parser: tap}\nevidence: {carry: [deps]}\n',
      script: authors({ 'lib.sh': WITH_MUL, ...bent }),
    });
    mkdirSync(path.join(rig.workspace, 'deps'));
    writeFileSync(path.join(rig.workspace, 'deps/begin.sh'), 'n=0\n');
    expect(await rig.run(START)).toMatchObject({ code: 6, stdout: expect.stringContaining('deps') as string });
    expect((await rig.run(['--resume', '--accept', 'deps'])).code).toBe(0);
    const accepted = rig.events().find(({ event_type: type }) => type === 'change_accepted');
    expect(accepted).toMatchObject({ name: 'deps', content: expect.stringMatching(/^\w{8,}/) as string });
  });

  it('prepare the clean copy once, and pause a run whose checks have had their time', async () => {
    const setup = 'mkdir -p deps && echo "set up" >> "$LOG" && echo "n=0" > deps/begin.sh';
    await using rig = await createRig({
      files: { ...SHELL_PROJECT, '.gitignore': 'deps\n' },
      config: `checks:\n  - {name: test, run: . deps/begin.sh && sh tests/run.sh, parser: tap}\nevidence: {setup: ${JSON.stringify(setup)}, carry: [deps], max_minutes: 0.00001}\n`,
      script: authors({ 'lib.sh': WITH_MUL }),
    });
    const log = path.join(rig.sandbox.root, 'setup.log');
    const env = { LOG: log };
    const paused = await rig.run(START, { env });
    expect(paused).toMatchObject({
      code: 4,
      stdout: expect.stringContaining('evidence.max_minutes is 0.00001') as string,
    });
    expect(readFileSync(log, 'utf8')).toBe('set up\n');
    expect(rig.turns().map(({ pair }) => pair)).toEqual(['plan', 'plan', 'implement']);
  });
});
