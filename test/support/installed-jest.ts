import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { PROJECT } from './compiled.ts';

const VERSION = '30.5.2';
const LONGEST_MS = 240_000;
const FOLDER = path.join(PROJECT, `node_modules/.cache/jest-${VERSION}`);

/** Whether jest can be used: it is installed once, beside this project's packages. False where the registry does not give it. */
export function jestIsHere(): boolean {
  if (existsSync(path.join(FOLDER, 'node_modules/jest'))) return true;
  const unfinished = `${FOLDER}-unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true });
  writeFileSync(path.join(unfinished, 'package.json'), '{"private":true}\n');
  const quiet = ['--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'];
  const args = ['install', '--prefix', unfinished, ...quiet, `jest@${VERSION}`];
  const { status } = spawnSync('npm', args, { cwd: unfinished, stdio: 'ignore', timeout: LONGEST_MS });
  if (status === 0) renameSync(unfinished, FOLDER);
  else rmSync(unfinished, { recursive: true, force: true });
  return status === 0;
}

/** jest itself, as a project has it among its packages. */
export function linkJest(folder: string): void {
  mkdirSync(path.join(folder, 'node_modules/.bin'), { recursive: true });
  symlinkSync(path.join(FOLDER, 'node_modules/jest'), path.join(folder, 'node_modules/jest'));
  symlinkSync('../jest/bin/jest.js', path.join(folder, 'node_modules/.bin/jest'));
}
