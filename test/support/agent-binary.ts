import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';

export const PROJECT = path.resolve(import.meta.dirname, '../..');

const SOURCES = path.join(import.meta.dirname, 'fake-agent');
const DAY_MS = 86_400_000;
const CACHE = path.join(PROJECT, 'node_modules/.cache/fake-agent');

/**
 * The fake agents' program, compiled: it starts in 5 ms (under Node: 50), and reads no `.env` or `bunfig.toml` of the
 * workspace that it is started in. Built when a source has changed, once for all workers of a suite.
 */
export function agentBinary(): string {
  const hash = createHash('sha256');
  for (const name of readdirSync(SOURCES).sort()) hash.update(name).update(readFileSync(path.join(SOURCES, name)));
  const name = `agent-${hash.digest('hex').slice(0, 16)}`;
  const binary = path.join(CACHE, name);
  if (!existsSync(binary)) build(binary);
  return binary;
}

function build(binary: string): void {
  mkdirSync(CACHE, { recursive: true });
  const temporary = `${binary}.${process.pid}`;
  const flags = ['--compile', '--minify', '--bytecode', '--no-compile-autoload-bunfig', '--no-compile-autoload-dotenv'];
  const bun = path.join(PROJECT, 'node_modules/.bin/bun');
  const output = ['--format=esm', `--outfile=${temporary}`, path.join(SOURCES, 'main.ts')];
  execFileSync(bun, ['build', ...flags, ...output], { cwd: CACHE, stdio: ['ignore', 'ignore', 'pipe'] });
  renameSync(temporary, binary); // In one step: another worker may be building the same.
  const old = readdirSync(CACHE).map((name) => path.join(CACHE, name));
  for (const file of old) if (Date.now() - statSync(file).mtimeMs > DAY_MS) rmSync(file, { force: true });
}
