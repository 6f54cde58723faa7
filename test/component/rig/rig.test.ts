import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AgentScript } from '../../support/fake-agent/script.ts';
import { isAlive } from '../../support/marked-processes.ts';
import { createRig } from '../../support/rig.ts';

/**
 * A stand-in for the program: a shell script, which keeps a log as the program does and calls codex, so that what the rig
 * says can be checked against what was done.
 */
const RUN = 'run-20260101T000000Z-00000001';
const STATE = `.autoloop/tasks/t/runs/${RUN}`;
const BEGIN = `mkdir -p ${STATE}; echo '[*] Run ID: ${RUN}'`;
const RESUME = `echo 'Resume: autoloop --resume --task-id t --run-id ${RUN}' >&2`;
const CODEX = (facts = '') =>
  `printf 'RUN ID: ${RUN}\nLOOP PAIR: implement\nPHASE ROLE: producer\nCYCLE: 1\nATTEMPT: 1\n${facts}' | codex exec --json --skip-git-repo-check -`;
const EVENT = (seq: number, type: string, fields = '') =>
  `echo '{"ts":"2026-01-01T00:00:0${seq}.000Z","run_id":"${RUN}","seq":${seq},"event_type":"${type}"${fields}}' >> ${STATE}/events.jsonl`;

const WRITES: AgentScript = { rules: [{ noDefaults: true, write: { 'work.txt': 'work' } }] };
const LEAVES: AgentScript = { rules: [{ noDefaults: true, leave: ['unmarked'] }] };

const UNDER_TEST = process.env['UNDER_TEST'];
beforeEach(() => (process.env['UNDER_TEST'] = ''));
afterEach(() => {
  if (UNDER_TEST === undefined) delete process.env['UNDER_TEST'];
  else process.env['UNDER_TEST'] = UNDER_TEST;
});

function program(...lines: string[]): void {
  const file = path.join(mkdtempSync(path.join(tmpdir(), 'stand-in-')), 'autoloop');
  writeFileSync(file, ['#!/bin/sh', ...lines, ''].join('\n'));
  chmodSync(file, 0o755);
  process.env['UNDER_TEST'] = file;
}

describe('the rig', () => {
  it('runs the program in a clean repository with its own HOME and the fakes first on PATH', async () => {
    program('cat; echo "$HOME|$(pwd)|$(command -v codex)|$1"; git status --short; exit 3');
    await using rig = await createRig({ files: { 'a.txt': 'a' }, config: 'provider:\n  name: codex\n' });
    const done = await rig.run(['--x'], { stdin: 'input\n' });
    const { root } = rig.sandbox;
    expect(done).toMatchObject({ code: 3, stderr: '' });
    expect(done.stdout).toBe(`input\n${root}/home|${root}/workspace|${root}/bin/codex|--x\n`);
    expect(rig.commits()).toMatchObject([{ subject: 'first', files: ['a.txt', 'autoloop.yaml'] }]);
  });

  it('makes a plain folder, a repository without commits, a subfolder, and a PATH without git', async () => {
    program('command -v git >/dev/null && echo git; exit 0');
    await using plain = await createRig({ git: false });
    expect(() => plain.status()).toThrow();
    await using unborn = await createRig({ git: 'unborn' });
    expect(unborn.status()).toEqual(['?? README.md']);
    await using inside = await createRig({ subfolder: 'packages/one' });
    expect(inside.commits()[0]?.files).toEqual(['packages/one/README.md']);
    await using bare = await createRig({ bare: true });
    expect([(await plain.run([])).stdout, (await bare.run([])).stdout]).toEqual(['git\n', '']);
  });

  it('starts the program, waits for its words, types, signals, and reads events and turns', async () => {
    program(
      BEGIN,
      'trap "echo stopped; exit 130" INT',
      'echo name?; read name; echo "hello $name"',
      'while :; do sleep 0.02; done',
    );
    await using rig = await createRig();
    const running = rig.start([], { stdin: null });
    await running.sees(/name\?/);
    running.type('Ada\n');
    await running.sees(/hello Ada/);
    running.signal('SIGINT');
    const done = await running.done;
    expect(done.code).toBe(130);
    expect(rig.lastRun()).toMatchObject({ taskId: 't', runId: RUN });
    await expect(running.sees(/never/)).rejects.toThrow('ended with 130');
  });

  it('gives a turn to the test while the program waits for it', async () => {
    program(CODEX(), 'echo "codex said $?"');
    await using rig = await createRig({ script: { rules: [{ remote: true }] } });
    const running = rig.start([]);
    const turn = await rig.nextTurn({ pair: 'implement' });
    await turn.finish({ noDefaults: true, exit: 9 });
    expect((await running.done).stdout).toContain('codex said 9');
    expect(rig.turns()).toMatchObject([{ pair: 'implement', result: { exit: 9 } }]);
  });

  it('gives the program a terminal', async () => {
    program('test -t 0 && test -t 1 && echo terminal; exit 4');
    await using rig = await createRig();
    expect(await rig.run([], { terminal: true })).toMatchObject({ code: 4, stdout: 'terminal\r\n' });
  });

  it('starts fakes below a launcher that passes signals on, and that can be killed without them', async () => {
    program(`${CODEX()} & echo "launcher $!."; wait; echo over`);
    await using rig = await createRig({ launcher: true, script: { rules: [{ remote: true }] } });
    const running = rig.start([]);
    const turn = await rig.nextTurn();
    const launcher = Number((await running.sees(/launcher (\d+)\./))[1]);
    expect(launcher).not.toBe(turn.call.pid);
    await turn.act({ ignoreSignals: true });
    process.kill(launcher, 'SIGTERM');
    expect(await turn.signalled()).toBe('SIGTERM');
    process.kill(launcher, 'SIGKILL');
    await running.sees(/over/);
    expect(isAlive(turn.call.pid)).toBe(true);
    await turn.finish({ noDefaults: true });
  });
});

describe('the promises', () => {
  it('hold for a run that keeps them', async () => {
    program(BEGIN, EVENT(1, 'run_started'), EVENT(2, 'run_finished'), RESUME, 'exit 1');
    await using rig = await createRig();
    await rig.run([]);
    await rig.checkPromises({ maxTurns: 0 });
    expect(rig.events().map((event) => event.event_type)).toEqual(['run_started', 'run_finished']);
  });

  it.each([
    ['I1', 'a file left uncommitted without a word', [`${CODEX()} >/dev/null`, 'exit 0']],
    ['I1', 'a file that is gone', [CODEX(), 'rm work.txt', 'exit 0']],
    ['I2', "the user's index", ['echo b > b; git add b', 'exit 0']],
    ['I2', "the user's branch", ['git checkout -q -b other', 'exit 0']],
    ['I2', "the user's git configuration", ['git config x.y z', 'exit 0']],
    ['I3', 'a stack trace', ['echo "    at main (/a/b.js:1:2)" >&2', 'exit 1']],
    ['I3', 'a log that cannot be read', [BEGIN, `echo '{' >> ${STATE}/events.jsonl`, RESUME, 'exit 1']],
    ['I5', 'a gap in the log', [BEGIN, EVENT(1, 'run_started'), EVENT(3, 'run_finished'), 'exit 0']],
    ['I6', 'a process that goes on', ['sleep 60 >/dev/null 2>&1 &', 'exit 0']],
    ['I6', 'a process that an agent left', [`${CODEX()} >/dev/null`, 'git add -A; git commit -qm x', 'exit 0'], LEAVES],
    ['I7', 'more turns than expected', [CODEX(), CODEX(), 'git add -A; git commit -qm x', 'exit 0']],
    ['I8', 'no Resume line', [BEGIN, 'exit 1']],
    ['I9', 'legacy state that was changed', ['echo x >> .superloop/x', 'exit 0']],
  ])('%s is broken by %s', async (name, _, lines, script = WRITES) => {
    program(...lines);
    await using rig = await createRig({ files: { '.superloop/x': 'x\n', 'README.md': '' }, script });
    await rig.run([]);
    const check = rig.checkPromises({ maxTurns: 1, goneWithinMs: 50 });
    await expect(check).rejects.toThrow(new RegExp(`^${name} `, 'm'));
  });

  it('I4 is broken by a turn that is played again after its outcome was recorded', async () => {
    const decided =
      ',"pair":"implement","phase":"producer","cycle":1,"attempt":1,"outcome":{"kind":"produced","changed":true}';
    program(
      BEGIN,
      EVENT(1, 'phase_finished', decided),
      `${CODEX()} >/dev/null`,
      'git add -A; git commit -qm x',
      'exit 0',
    );
    await using rig = await createRig({ files: { '.gitignore': '.autoloop\n' }, script: WRITES });
    await rig.run([]);
    await expect(rig.checkPromises()).rejects.toThrow('I4 implement producer cycle 1 attempt 1');
  });

  it('report the output, the log and the turns when they are broken', async () => {
    program(BEGIN, EVENT(1, 'run_started'), `${CODEX()} >/dev/null`, 'exit 1');
    await using rig = await createRig();
    await rig.run(['--flag']);
    const report = rig.report();
    expect(report).toContain('──── autoloop --flag → 1 after');
    expect(report).toContain('run_started');
    expect(report).toContain('turn 1: codex start implement producer cycle 1 attempt 1');
  });
});
