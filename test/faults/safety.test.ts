import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'vitest';
import type { Rig } from '../support/rig.ts';
import { fault } from './fault.ts';
import { START } from './story.ts';

/** Every command of git that the end names for an uncommitted file of the user's, by the file's shown name. */
function commandsOf(stderr: string): Map<string, string[]> {
  const told = [...stderr.matchAll(/([^\n]*), uncommitted when this start began, was changed since; (.*)/g)];
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
