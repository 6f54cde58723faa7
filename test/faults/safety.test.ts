import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'vitest';
import type { Rig } from '../support/rig.ts';
import { fault } from './fault.ts';
import { START } from './story.ts';

/** Every command of git that the end names for an uncommitted file of the user's, by the file's shown name. */
function commandsOf(stderr: string): Map<string, string[]> {
  const told = [...stderr.matchAll(/([^\n]*), uncommitted when [^,]* began, was changed since; (.*)/g)];
  return new Map(
    told.map(([, name = '', ways = '']) => [
      name.replace(/^.*WARNING: /, ''),
      ways.split('; ').map((way) => way.replace(/^as it was(?: staged)?: /, '')),
    ]),
  );
}

/** What a shell prints for a command that was pasted into it. */
const pasted = (rig: Rig, cwd: string, command: string) =>
  spawnSync('bash', ['-c', command], { cwd, env: { ...process.env, ...rig.sandbox.env }, encoding: 'utf8' });

const NAMES = [
  "it's.txt",
  'two words.txt',
  'a"b\\c.txt',
  'tab\there.txt',
  "line\nand 'quote'.txt",
  '$HOME `id` !!.txt',
  'ü .txt',
];

fault(
  'the command for a file that was changed works when it is pasted, whatever the file is called',
  {},
  async (rig) => {
    for (const name of NAMES) rig.write(name, `mine: ${name}`);
    rig.script({
      rules: [{ role: 'producer', write: Object.fromEntries(NAMES.map((name) => [name, 'the agent’s\n'])) }],
    });
    const done = await rig.run(START);
    expect(done.code).toBe(0);
    const printed = [...commandsOf(done.stderr).values()]
      .flat()
      .map((command) => pasted(rig, rig.workspace, command).stdout);
    expect(printed.sort()).toEqual(NAMES.map((name) => `mine: ${name}`).sort());
    return { maxTurns: 2 };
  },
);

fault(
  'what was staged only, staged otherwise or deleted has a command that shows it, or is said to have been deleted',
  { files: { 'deleted.txt': 'd\n', 'twice.txt': 't\n' } },
  async (rig) => {
    rig.write('staged only.txt', 'staged only\n');
    rig.write('twice.txt', 'staged\n');
    rig.git('add', '-A');
    for (const name of ['staged only.txt', 'deleted.txt']) rmSync(path.join(rig.workspace, name));
    rig.write('twice.txt', 'edited\n');
    const write = { 'staged only.txt': 'x\n', 'twice.txt': 'x\n', 'deleted.txt': 'x\n' };
    rig.script({ rules: [{ role: 'producer', write }] });
    // From elsewhere, as the command is used there.
    const done = await rig.run([...START, '--workspace', rig.workspace], { cwd: rig.sandbox.root });
    expect(done.code).toBe(0);
    const commands = commandsOf(done.stderr);
    const shown = (name: string) =>
      commands.get(name)?.map((command) => pasted(rig, path.dirname(rig.workspace), command).stdout);
    expect(shown('staged only.txt')).toEqual(['staged only\n']);
    expect(shown('twice.txt')).toEqual(['edited\n', 'staged\n']);
    expect(commands.get('deleted.txt')).toEqual(['you had deleted it']);
    return { maxTurns: 2 };
  },
);

fault(
  'an edit of a file that git was told to overlook is kept, and named when an agent writes over it',
  { files: { 'assumed.txt': 'a\n', 'skipped.txt': 's\n', 'left alone.txt': 'l\n' } },
  async (rig) => {
    rig.git('update-index', '--assume-unchanged', 'assumed.txt', 'left alone.txt');
    rig.git('update-index', '--skip-worktree', 'skipped.txt');
    for (const name of ['assumed.txt', 'skipped.txt', 'left alone.txt']) rig.write(name, `mine: ${name}`);
    rig.script({ rules: [{ role: 'producer', write: { 'assumed.txt': 'x\n', 'skipped.txt': 'x\n' } }] });
    const done = await rig.run(START);
    expect(done.code).toBe(0);
    const printed = [...commandsOf(done.stderr)].map(([name, commands]) => [
      name,
      ...commands.map((command) => pasted(rig, rig.workspace, command).stdout),
    ]);
    expect(printed).toEqual([
      ['assumed.txt', 'mine: assumed.txt'],
      ['skipped.txt', 'mine: skipped.txt'],
    ]);
    return { maxTurns: 2 };
  },
);

const CONVERTED = {
  'both.txt': Buffer.from('one\r\ntwo\n'),
  'local.conf': Buffer.from('port=1\npassword=mine\n'),
  'wide.u16': Buffer.from('wíde\r\n', 'utf16le'),
};

fault(
  'the command for a file that git converts shows it to the byte',
  { files: { '.gitattributes': '*.txt text\n*.conf filter=strip\n*.u16 text working-tree-encoding=UTF-16LE\n' } },
  async (rig) => {
    rig.git('config', 'filter.strip.clean', 'sed /password/d');
    for (const [name, bytes] of Object.entries(CONVERTED)) writeFileSync(path.join(rig.workspace, name), bytes);
    rig.script({
      rules: [{ role: 'producer', write: Object.fromEntries(Object.keys(CONVERTED).map((name) => [name, 'xx'])) }],
    });
    const done = await rig.run(START);
    expect(done.code).toBe(0);
    const commands = commandsOf(done.stderr);
    for (const [name, bytes] of Object.entries(CONVERTED)) {
      const [command = ''] = commands.get(name) ?? [];
      expect(pasted(rig, rig.workspace, `${command} | od -An -tx1 | tr -d ' \\n'`).stdout).toBe(bytes.toString('hex'));
    }
    return { maxTurns: 2 };
  },
);

fault(
  'what was written over, and what was written where git does not look, before a kill is named at the end of the resumed run',
  { files: { 'kept.txt': 'k\n', 'lost.txt': 'l\n', '.gitignore': '*.ign\n' } },
  async (rig) => {
    for (const name of ['kept.txt', 'lost.txt']) rig.write(name, `mine: ${name}`);
    rig.script({ rules: [{ role: 'producer', remote: true }] });
    const running = rig.start(START);
    const turn = await rig.nextTurn({ role: 'producer' });
    await turn.act({ write: { 'lost.txt': 'x\n', 'hidden.ign': 'x\n' } });
    running.signal('SIGKILL');
    await running.done;
    rig.script({});
    const done = await rig.run(['--resume', '--task-id', 't']);
    expect(done.code).toBe(0);
    const commands = commandsOf(done.stderr);
    expect([...commands.keys()]).toEqual(['lost.txt']);
    expect(pasted(rig, rig.workspace, commands.get('lost.txt')?.[0] ?? '').stdout).toBe('mine: lost.txt');
    expect(done.stderr).toContain('not in a checkpoint (ignored by git, or hidden from it): hidden.ign');
    return { maxTurns: 3 };
  },
);

fault('a success takes away the snapshots of earlier starts of which nothing was changed', {}, async (rig) => {
  rig.write('mine.txt', 'mine\n');
  rig.script({ rules: [{ role: 'producer', remote: true }] });
  const running = rig.start(START);
  await rig.nextTurn({ role: 'producer' });
  running.signal('SIGKILL');
  await running.done;
  rig.script({});
  expect((await rig.run(['--resume', '--task-id', 't'])).code).toBe(0);
  expect(rig.git('for-each-ref', 'refs/autoloop/safety')).toBe('');
  return { maxTurns: 3 };
});

fault(
  'the command for a file works also where the program is started from a repository within the workspace',
  {},
  async (rig) => {
    const within = path.join(rig.workspace, 'within');
    expect(spawnSync('git', ['init', '-q', within]).status).toBe(0);
    rig.write('notes.txt', 'mine\n');
    rig.script({ rules: [{ role: 'producer', write: { 'notes.txt': 'the agent’s\n' } }] });
    const done = await rig.run([...START, '--workspace', '..'], { cwd: within });
    expect(done.code).toBe(0);
    const [command = ''] = commandsOf(done.stderr).get('notes.txt') ?? [];
    expect(pasted(rig, within, command).stdout).toBe('mine\n');
    return { maxTurns: 2 };
  },
);

fault('a snapshot whose reference an agent removed is there again when a command names it', {}, async (rig) => {
  rig.write('mine.txt', 'mine\n');
  rig.script({ rules: [{ role: 'producer', remote: true }] });
  const running = rig.start(START);
  const turn = await rig.nextTurn({ role: 'producer' });
  const ref = rig.git('for-each-ref', '--format=%(refname)', 'refs/autoloop/safety').trim();
  rig.git('update-ref', '-d', ref);
  await turn.act({ write: { 'mine.txt': 'x\n' } });
  await turn.finish();
  const { stderr } = await running.done;
  const [command = ''] = commandsOf(stderr).get('mine.txt') ?? [];
  expect(pasted(rig, rig.workspace, command).stdout).toBe('mine\n');
  return { maxTurns: 2 };
});
