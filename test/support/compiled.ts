import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';

export const PROJECT = path.resolve(import.meta.dirname, '../..');

const SUPPORT = import.meta.dirname;
const DAY_MS = 86_400_000;
const known = new Map<string, string>();

/** The fake agents' program; it reads no `.env` or `bunfig.toml` of the workspace that it is started in. */
export function agentBinary(): string {
  return compiled('fake-agent', path.join(SUPPORT, 'fake-agent/main.ts'), [path.join(SUPPORT, 'fake-agent')]);
}

/** `supervised.ts`, the program with one supervised process, which is its own watchdog. */
export function supervisedBinary(): string {
  const folders = ['supervision', 'files', 'core'].map((name) => path.join(PROJECT, 'src', name));
  return compiled('supervised', SUPERVISED, [SUPERVISED, ...folders]);
}

export const SUPERVISED = path.join(SUPPORT, 'supervised.ts');

/** A program of TypeScript as one that starts in 5 ms (under Node: 50 to 200). Built when one of `sources` has changed, once for all workers. */
function compiled(name: string, entry: string, sources: readonly string[]): string {
  const before = known.get(name);
  if (before !== undefined) return before;
  const folder = path.join(PROJECT, 'node_modules/.cache', name);
  const binary = path.join(folder, `${name}-${hashOf(sources)}`);
  if (!existsSync(binary)) build(binary, folder, entry);
  known.set(name, binary);
  return binary;
}

function hashOf(sources: readonly string[]): string {
  const hash = createHash('sha256');
  for (const file of sources.flatMap(filesOf)) hash.update(file).update(readFileSync(file));
  return hash.digest('hex').slice(0, 16);
}

function filesOf(place: string): string[] {
  if (!statSync(place).isDirectory()) return [place];
  const names = readdirSync(place, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  return names.sort().map((name) => path.join(place, name));
}

function build(binary: string, folder: string, entry: string): void {
  mkdirSync(folder, { recursive: true });
  const temporary = `${binary}.${process.pid}`;
  const flags = ['--compile', '--minify', '--bytecode', '--no-compile-autoload-bunfig', '--no-compile-autoload-dotenv'];
  const bun = path.join(PROJECT, 'node_modules/.bin/bun');
  const output = ['--format=esm', `--outfile=${temporary}`, entry];
  execFileSync(bun, ['build', ...flags, ...output], { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
  try {
    linkSync(temporary, binary);
  } catch (error) {
    // Another worker was faster. Its file is not replaced: what runs from it starts itself by its path.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  rmSync(temporary);
  for (const name of readdirSync(folder)) {
    const file = path.join(folder, name);
    // One that is gone was another worker's.
    const writtenMs = statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? Infinity;
    if (Date.now() - writtenMs > DAY_MS) rmSync(file, { force: true });
  }
}
