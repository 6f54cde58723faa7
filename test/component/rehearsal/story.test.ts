import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { createDemoWorkspace } from '../../../src/rehearsal/demo-project.ts';
import { rehearse, Stage, temporaryFolder } from './stage.ts';

const roman = (dir: string, ...args: string[]) => {
  const { stdout, status } = spawnSync('sh', ['roman/roman.sh', ...args], { cwd: dir, encoding: 'utf8' });
  return [stdout.trim(), status];
};

describe('the rehearsal', () => {
  it('goes through a rejection, a question, an audit with a gap, and a follow-up that closes it', async () => {
    using folder = temporaryFolder();
    createDemoWorkspace(folder.dir);
    const first = new Stage(folder.dir, 'run-1');
    expect(await first.loop()).toBe('gaps');
    expect(first.phases()).toEqual(['to-roman', 'from-roman']);
    expect(first.turns).toEqual([
      'plan producer 1 none',
      'plan verifier 1 COMPLETE',
      'implement to-roman producer 1 none',
      'implement to-roman verifier 1 INCOMPLETE',
      'implement to-roman producer 2 none',
      'implement to-roman verifier 2 COMPLETE',
      'test to-roman producer 1 none',
      'test to-roman verifier 1 COMPLETE',
      'implement from-roman producer 1 question',
      'auto-answer',
      'implement from-roman producer 1 none',
      'implement from-roman verifier 1 INCOMPLETE',
      'implement from-roman producer 2 none',
      'implement from-roman verifier 2 COMPLETE',
      'test from-roman producer 1 none',
      'test from-roman verifier 1 COMPLETE',
      'audit producer 1 none',
      'audit verifier 1 COMPLETE',
    ]);
    expect(first.read('implement', 'feedback.md', 'to-roman')).toMatch(
      /IMP-001 \(blocking\).*\n.*roman\.sh 4` gives IIII/,
    );
    expect([roman(folder.dir, '1994'), roman(folder.dir, '4000')]).toEqual([
      ['MCMXCIV', 0],
      ['MMMM', 0],
    ]);

    const second = new Stage(folder.dir, 'run-2');
    expect(await second.loop()).toBe('clean');
    expect(second.phases()).toEqual(['refusals']);
    expect(second.turns.filter((turn) => turn.includes('INCOMPLETE') || turn.includes('question'))).toEqual([]);
    expect([roman(folder.dir, '1994'), roman(folder.dir, '4000')]).toEqual([
      ['MCMXCIV', 0],
      ['', 2],
    ]);
    expect(execFileSync('sh', ['roman/tests/run.sh'], { cwd: folder.dir, encoding: 'utf8' })).toContain(
      '# 17 passed, 0 failed\n',
    );
  });

  it('changes nothing but criteria and feedback as a verifier, and ticks only what it accepts', async () => {
    using folder = temporaryFolder();
    createDemoWorkspace(folder.dir);
    const stage = new Stage(folder.dir, 'run-1');
    await stage.turn('implement', 'producer', { phase: 'to-roman' });
    const status = () =>
      execFileSync('git', ['status', '--porcelain', '-uall', '--', 'roman', 'README.md'], {
        cwd: folder.dir,
        encoding: 'utf8',
      });
    const before = status();
    await stage.turn('implement', 'verifier', { phase: 'to-roman' });
    expect(stage.read('implement', 'criteria.md', 'to-roman')).not.toContain('[x]');
    await stage.turn('implement', 'producer', { phase: 'to-roman', cycle: 2 });
    await stage.turn('implement', 'verifier', { phase: 'to-roman', cycle: 2 });
    expect(stage.read('implement', 'criteria.md', 'to-roman')).not.toContain('[ ]');
    expect(stage.read('implement', 'feedback.md', 'to-roman')).toContain('## Cycle 2');
    expect(status()).toBe(before);
  });

  it('sends tests back that do not pass', async () => {
    using folder = temporaryFolder();
    const stage = new Stage(folder.dir, 'run-1');
    await stage.turn('implement', 'producer', { phase: 'implicit-phase' });
    await stage.turn('test', 'producer', { phase: 'implicit-phase' });
    writeFileSync(path.join(folder.dir, 'roman/roman.sh'), 'echo X\n');
    const verdict = await stage.turn('test', 'verifier', { phase: 'implicit-phase' });
    expect(verdict.control).toEqual({ kind: 'promise', promise: 'INCOMPLETE' });
    expect(stage.read('test', 'feedback.md', 'implicit-phase')).toContain('not ok 1 - roman.sh --from I');
  });

  it('builds the whole project at once where there is no plan, and plans the rest where part of it exists', async () => {
    using folder = temporaryFolder();
    const stage = new Stage(folder.dir, 'run-1');
    await stage.pair('implement', 'implicit-phase');
    expect([roman(folder.dir, '4'), roman(folder.dir, '--from', 'IV'), roman(folder.dir, '0')]).toEqual([
      ['IV', 0],
      ['4', 0],
      ['', 2],
    ]);
    const again = new Stage(folder.dir, 'run-2');
    expect(await again.loop()).toBe('clean');
    expect(again.phases()).toEqual(['refusals']);
  });

  it('finds everything missing in a workspace without the project', async () => {
    using folder = temporaryFolder();
    const stage = new Stage(folder.dir, 'run-1');
    await stage.pair('audit');
    expect(stage.audit()).toBe('gaps');
  });

  it('needs nothing but sh', async () => {
    using folder = temporaryFolder();
    const bin = path.join(folder.dir, 'bin');
    mkdirSync(bin);
    symlinkSync('/bin/sh', path.join(bin, 'sh'));
    const workspace = path.join(folder.dir, 'workspace');
    mkdirSync(workspace);
    const PATH = process.env['PATH'];
    process.env['PATH'] = bin;
    try {
      const stage = new Stage(workspace, 'run-1');
      await stage.pair('implement', 'implicit-phase');
      await stage.pair('test', 'implicit-phase');
      expect(stage.turns.at(-1)).toBe('test implicit-phase verifier 1 COMPLETE');
    } finally {
      process.env['PATH'] = PATH;
    }
  });
});

describe('the rehearsal agent as a program', () => {
  it('speaks codex’s JSON lines, shows its commands and files, and reports no usage', async () => {
    using folder = temporaryFolder();
    const { code, events, text } = await new Stage(folder.dir, 'run-1').turn('implement', 'producer', {
      phase: 'to-roman',
    });
    expect(code).toBe(0);
    expect(events[0]).toMatchObject({
      type: 'thread.started',
      thread_id: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
    });
    expect(events[1]).toEqual({ type: 'turn.started' });
    expect(events.at(-1)).toEqual({ type: 'turn.completed' });
    expect(text).toMatch(/^\[scripted rehearsal\]/);
    const items = events.map((event) => event['item']);
    expect(items).toContainEqual(expect.objectContaining({ type: 'file_change' }));
    expect(items).toContainEqual(
      expect.objectContaining({
        type: 'command_execution',
        command: 'sh roman/roman.sh 3',
        aggregated_output: 'III\n',
        exit_code: 0,
      }),
    );
  });

  it('goes on in the thread that it is given', async () => {
    using folder = temporaryFolder();
    const { events } = await rehearse(folder.dir, 'A question?', '01a2b3c4-0000-4000-8000-000000000000');
    expect(events[0]).toEqual({ type: 'thread.started', thread_id: '01a2b3c4-0000-4000-8000-000000000000' });
  });

  it('answers a question that it does not know in plain words, and touches nothing', async () => {
    using folder = temporaryFolder();
    const { text, control, events } = await rehearse(folder.dir, 'QUESTION TO ANSWER:\nTabs or spaces?\n');
    expect(text).toContain('does not know the question');
    expect(control).toEqual({ kind: 'none' });
    expect(events).toHaveLength(4);
  });

  it('refuses an empty prompt as codex does, and fails the turn over a preamble that lacks a fact', async () => {
    using folder = temporaryFolder();
    expect(await rehearse(folder.dir, ' \n')).toMatchObject({
      code: 1,
      events: [],
      stderr: 'No prompt provided via stdin.\n',
    });
    const lacking = await rehearse(folder.dir, 'LOOP PAIR: plan\n');
    expect(lacking.code).toBe(1);
    expect(lacking.events.at(-1)).toMatchObject({
      type: 'turn.failed',
      error: { message: '[scripted rehearsal] the prompt has no line "AUTHORITATIVE ACTIVE ARTIFACT DIRECTORY: …"' },
    });
  });

  it('says what it could not do instead of a stack trace', async () => {
    using folder = temporaryFolder();
    writeFileSync(path.join(folder.dir, 'roman'), 'a file where the folder should be');
    const failed = await new Stage(folder.dir, 'run-1').turn('implement', 'producer', { phase: 'to-roman' });
    expect(failed.code).toBe(1);
    expect(JSON.stringify(failed.events.at(-1))).toContain('EEXIST: file already exists');
    expect(failed.stderr).toBe('');
  });
});

describe('the demo workspace', () => {
  it('is a clean repository with a README and a configuration that names the rehearsal', () => {
    using folder = temporaryFolder();
    const dir = path.join(folder.dir, 'new');
    const { created, intent } = createDemoWorkspace(dir);
    expect(created).toBe(true);
    expect(intent).toContain('Roman');
    expect(readFileSync(path.join(dir, 'autoloop.yaml'), 'utf8')).toMatch(
      /name: rehearsal\nruntime:\n {2}full_auto_answers: true\n/,
    );
    const git = (...args: string[]) => execFileSync('git', args, { cwd: dir, encoding: 'utf8' });
    expect(git('status', '--porcelain')).toBe('');
    expect(git('log', '--format=%s %an')).toBe('Begin the demo Autoloop Demo\n');
  });

  it('leaves a folder alone that holds something', () => {
    using folder = temporaryFolder();
    writeFileSync(path.join(folder.dir, 'mine.txt'), 'mine');
    expect(createDemoWorkspace(folder.dir).created).toBe(false);
    expect(readdirSync(folder.dir)).toEqual(['mine.txt']);
  });
});
