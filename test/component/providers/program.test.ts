import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { askIn, findProgram } from '../../../src/providers/program.ts';

const root = mkdtempSync(path.join(tmpdir(), 'program-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

function script(file: string, text: string, mode = 0o755): string {
  const whole = path.join(root, file);
  mkdirSync(path.dirname(whole), { recursive: true });
  writeFileSync(whole, `#!/bin/sh\n${text}\n`);
  chmodSync(whole, mode);
  return whole;
}

describe('a program', () => {
  const second = script('second/tool', 'true');
  const env = { PATH: ['missing', 'first', 'second'].map((name) => path.join(root, name)).join(':') };

  it('is the first on PATH that may be run', () => {
    script('first/tool', 'true', 0o644);
    mkdirSync(path.join(root, 'missing/tool'), { recursive: true });
    expect(findProgram('tool', env, root)).toBe(second);
  });

  it('is found by its path from the workspace, which PATH does not change', () => {
    expect(findProgram('second/tool', {}, root)).toBe(second);
    expect(findProgram('./tool', env, root)).toBeNull();
    expect(findProgram(second, {}, '/')).toBe(second);
  });

  it('is none where there is no such file', () => {
    expect(findProgram('nobody', env, root)).toBeNull();
    expect(findProgram('tool', {}, root)).toBeNull();
  });
});

describe('asking a program', () => {
  const ask = askIn(root, { PATH: '/usr/bin:/bin', WHO: 'me' });

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
