import { spawn } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished } from 'vitest';
import { PROJECT } from '../../support/compiled.ts';

const PACKAGES = ['linux-x64', 'linux-x64-musl', 'linux-arm64', 'macos-arm64', 'macos-x64'];

/** What `npm i -g` leaves, with a script in the place of the program; without `body` its package is missing. */
function installed(body: string | null) {
  const root = mkdtempSync(path.join(tmpdir(), 'npm-launcher-'));
  onTestFinished(() => {
    rmSync(root, { recursive: true, force: true });
  });
  const modules = path.join(root, 'lib/node_modules');
  const launcher = path.join(modules, 'autoloop/launcher.cjs');
  mkdirSync(path.dirname(launcher), { recursive: true });
  cpSync(path.join(PROJECT, 'scripts/npm-launcher.cjs'), launcher);
  for (const name of body === null ? [] : PACKAGES) {
    const program = path.join(modules, `autoloop-${name}`, 'autoloop');
    mkdirSync(path.dirname(program));
    writeFileSync(program, `#!/bin/sh\n${body}\n`);
    chmodSync(program, 0o755);
  }
  const older = path.join(root, 'older.cjs');
  writeFileSync(older, 'process.execve = undefined;\n');
  return { launcher, older };
}

/** Runs it; `onOutput` is called with the process once it has printed something. */
async function run(words: readonly string[], onOutput: (pid: number) => void = () => undefined) {
  const env = { PATH: process.env.PATH, BUN_OPTIONS: '--version', BUN_BE_BUN: '1' };
  const child = spawn(process.execPath, words, { env, stdio: ['pipe', 'pipe', 'pipe'] });
  child.stdout.once('data', () => {
    onOutput(child.pid ?? 0);
  });
  child.stdin.end('from outside\n');
  const ended = new Promise<{ code: number | null; signal: string | null }>((resolve) => {
    child.on('close', (code, signal) => {
      resolve({ code, signal });
    });
  });
  const [stdout, stderr, end] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { ...end, stdout, stderr };
}

describe.each(['in its place', 'beside it, with a Node that cannot do that'])(
  'the launcher runs the program %s',
  (how) => {
    const through = ({ launcher, older }: { launcher: string; older: string }) =>
      how === 'in its place' ? [launcher] : ['--require', older, launcher];

    it('with its arguments, input, output and exit code, and without orders for Bun', async () => {
      const place = installed(
        'cat; printf "%s|" "$@" "${BUN_OPTIONS-unset}" "${BUN_BE_BUN-unset}"; echo no >&2; exit 7',
      );
      const done = await run([...through(place), '--intent', 'Two  words', '']);
      const stdout = 'from outside\n--intent|Two  words||unset|unset|';
      expect(done).toEqual({ code: 7, signal: null, stdout, stderr: 'no\n' });
    });

    it('and hands SIGTERM on', async () => {
      const place = installed('trap "echo ended; exit 143" TERM\necho ready\nwhile :; do sleep 0.05; done');
      const done = await run(through(place), (pid) => {
        process.kill(pid, 'SIGTERM');
      });
      expect(done).toEqual({ code: 143, signal: null, stdout: 'ready\nended\n', stderr: '' });
    });
  },
);

it('the launcher says which package is missing', async () => {
  const done = await run([installed(null).launcher, '--help']);
  expect(done).toMatchObject({ code: 1, stdout: '' });
  expect(done.stderr).toMatch(/^error: the package autoloop-[a-z0-9-]+ is missing: .*--omit=optional\n$/);
});
