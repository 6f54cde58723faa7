import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { findProgram, startOf } from '../../../src/providers/find-program.ts';
import { askIn } from '../../../src/providers/program.ts';

const root = realpathSync(mkdtempSync(path.join(tmpdir(), 'program-')));
afterAll(() => rmSync(root, { recursive: true, force: true }));

function script(file: string, text: string, mode = 0o755): string {
  const whole = path.join(root, file);
  mkdirSync(path.dirname(whole), { recursive: true });
  writeFileSync(whole, `#!/bin/sh\n${text}\n`);
  chmodSync(whole, mode);
  return whole;
}

describe('a program', () => {
  const workspace = path.join(root, 'workspace');
  mkdirSync(path.join(workspace, '.git'), { recursive: true });
  writeFileSync(path.join(workspace, '.git', 'HEAD'), 'ref: refs/heads/main\n');
  const outside = script('second/tool', 'true');
  const inside = script('workspace/node_modules/.bin/tool', 'true');
  const only = script('workspace/bin/only', 'true');
  const folders = ['workspace/node_modules/.bin', 'missing', 'first', 'second', 'workspace/bin'];
  const env = { PATH: ['.', 'bin', ...folders.map((name) => path.join(root, name))].join(':') };
  const place = { env, cwd: workspace, allowInside: false };

  it('is the first that may be run in an absolute entry of PATH outside the work tree', () => {
    script('first/tool', 'true', 0o644);
    mkdirSync(path.join(root, 'missing/tool'), { recursive: true });
    expect(findProgram('tool', place)).toEqual({ file: outside, problem: null });
    expect(findProgram('tool', { ...place, cwd: path.join(workspace, 'bin') }).file).toBe(outside);
    expect(findProgram('nobody', place)).toEqual({ file: null, problem: null });
    expect(findProgram('tool', { ...place, env: {} })).toEqual({ file: null, problem: null });
  });

  it('is refused with its path and what to do when it lies inside alone, unless the user allows it', () => {
    symlinkSync(only, path.join(root, 'second/linked'));
    for (const [name, file] of [
      ['only', only],
      ['bin/only', only],
      ['linked', path.join(root, 'second/linked')],
    ] as const) {
      const found = findProgram(name, place);
      expect(found.file).toBeNull();
      expect(found.problem?.text).toContain(`${file}, inside the work tree`);
      expect(found.problem?.hint).toContain('provider.allow_program_in_workspace');
      expect(findProgram(name, { ...place, allowInside: true }).file).toBe(file);
    }
    expect(findProgram('tool', { ...place, allowInside: true }).file).toBe(outside);
    expect(inside).not.toBe(outside);
  });

  it('is found by its path, absolute or from the workspace', () => {
    expect(findProgram('../second/tool', place).file).toBe(outside);
    expect(findProgram(outside, { ...place, env: {} }).file).toBe(outside);
  });

  it('is started by what its first line leaves to PATH, taken from outside the work tree', () => {
    const launcher = path.join(root, 'second/launcher');
    writeFileSync(launcher, '#!/usr/bin/env tool\n');
    chmodSync(launcher, 0o755);
    expect(startOf(launcher, place)).toEqual([outside, launcher]);
    expect(startOf(outside, place)).toEqual([outside]);
    const hijacked = path.join(root, 'second/hijacked');
    writeFileSync(hijacked, '#!/usr/bin/env -S only\n');
    chmodSync(hijacked, 0o755);
    expect(findProgram('hijacked', place).problem?.text).toContain(only);
    expect(startOf(hijacked, { ...place, allowInside: true })).toEqual([hijacked]);
  });
});

describe('asking a program', () => {
  const ask = askIn({ cwd: root, env: { PATH: '/usr/bin:/bin', WHO: 'me' }, allowInside: false });

  it('gives what it says, in the folder and environment given, with its input at an end', async () => {
    const program = script('talk', 'cat; pwd -P; echo "$WHO $*"; echo no >&2; exit 3');
    const said = await ask(program, ['--version', 'two words']);
    expect(said).toMatchObject({ exitCode: 3, stderr: 'no\n', error: null });
    expect(said.stdout.split('\n').at(-2)).toBe('me --version two words');
    expect((await ask(script('well', 'echo fine'), [])).exitCode).toBe(0);
  });

  it('does not wait for what the program leaves running, whatever that holds open', async () => {
    const left = path.join(root, 'left');
    const program = script('updates', `echo 1.2.3; tail -f /dev/null & echo $! > '${left}'`);
    expect(await ask(program, ['--version'])).toMatchObject({ exitCode: 0, stdout: '1.2.3\n', error: null });
    process.kill(Number(readFileSync(left, 'utf8')), 'SIGKILL'); // Throws where it had to go first.
  });

  it('says why there is no answer', async () => {
    expect(await ask(path.join(root, 'nobody'), [])).toMatchObject({
      exitCode: null,
      error: expect.stringContaining('ENOENT') as string,
    });
    const killed = await ask(script('dies', 'kill -9 $$'), []);
    expect(killed).toMatchObject({ exitCode: null, error: 'it was ended by SIGKILL' });
  });
});
