import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { PROJECT } from '../support/compiled.ts';

/** The one that this machine takes, in the words of releases. */
const PLATFORM = `${process.platform === 'darwin' ? 'macos' : process.platform}-${process.arch}`;

it('the npm packages install into an empty prefix from their tarballs, and the program of this platform runs', () => {
  const root = mkdtempSync(path.join(tmpdir(), 'npm-package-'));
  onTestFinished(() => {
    rmSync(root, { recursive: true, force: true });
  });
  execFileSync(process.execPath, ['scripts/build-npm.mjs', PLATFORM, '--built'], { cwd: PROJECT });
  const made = path.join(PROJECT, 'dist/npm');
  const tarballs = readdirSync(made).map((name) => path.join(made, name));
  expect(tarballs).toHaveLength(2);
  const env = { PATH: process.env.PATH, HOME: root };
  const options = ['--prefix', path.join(root, 'prefix'), '--offline', '--no-audit', '--no-fund', '--loglevel=error'];
  execFileSync('npm', ['install', '--global', ...options, ...tarballs], { cwd: root, env, stdio: 'pipe' });
  const program = path.join(root, 'prefix/bin/autoloop');
  const said = (...args: readonly string[]) => spawnSync(program, args, { cwd: root, env, encoding: 'utf8' });
  const built = execFileSync(path.join(PROJECT, 'dist/autoloop'), ['--version', '--verbose'], { encoding: 'utf8' });
  expect(said('--version', '--verbose')).toMatchObject({ status: 0, stdout: built, stderr: '' });
  expect(said('--wrong')).toMatchObject({ status: 2, stdout: '' });
});
