// Finds Bun's compiler for this platform and its runtime for others. Plain Node without dependencies.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const MODULES = fileURLToPath(new URL('../node_modules', import.meta.url));
const CACHE = path.join(MODULES, '.cache/bun');

/** The platforms that releases are made for: our name, and what Bun calls its target and its package. */
export const TARGETS = [
  { name: 'linux-x64', target: 'bun-linux-x64', package: '@oven/bun-linux-x64' },
  { name: 'linux-x64-musl', target: 'bun-linux-x64-musl', package: '@oven/bun-linux-x64-musl' },
  { name: 'linux-arm64', target: 'bun-linux-arm64', package: '@oven/bun-linux-aarch64' },
  { name: 'macos-arm64', target: 'bun-darwin-arm64', package: '@oven/bun-darwin-aarch64' },
  { name: 'macos-x64', target: 'bun-darwin-x64', package: '@oven/bun-darwin-x64' },
];

/**
 * The compiler: where the install script of its package puts it, or where npm does when such scripts do not run.
 * Throws an Error when it is not installed.
 */
export function compiler() {
  const platforms = path.join(MODULES, '@oven');
  const names = existsSync(platforms) ? readdirSync(platforms).map((name) => path.join('@oven', name)) : [];
  const found = ['bun', ...names]
    .flatMap((name) => [path.join(MODULES, name, 'bin/bun.exe'), path.join(MODULES, name, 'bin/bun')])
    // Without its install script the package holds a few bytes of text under the compiler's name.
    .find((file) => existsSync(file) && statSync(file).size > 1_000_000);
  if (found === undefined) throw new Error('the compiler (package bun) is not installed for this platform: run npm ci');
  return found;
}

/**
 * Bun's executable for one of TARGETS, which the compiler copies the program into. It comes through npm, is held against the
 * lock file's checksum, and is kept below node_modules/.cache. Throws an Error when it cannot be had.
 */
export function runtimeOf({ package: name }) {
  const locked = JSON.parse(readFileSync(path.join(MODULES, '../package-lock.json'), 'utf8'));
  const { version, integrity } = locked.packages[`node_modules/${name}`];
  const folder = path.join(CACHE, `${path.basename(name)}-${version}`);
  const executable = path.join(folder, 'package/bin/bun');
  if (existsSync(executable)) return executable;
  mkdirSync(CACHE, { recursive: true });
  const unfinished = mkdtempSync(path.join(CACHE, 'unfinished-'));
  try {
    const archive = path.join(unfinished, fetch(`${name}@${version}`, unfinished));
    const digest = `sha512-${createHash('sha512').update(readFileSync(archive)).digest('base64')}`;
    if (digest !== integrity) throw new Error(`${name}@${version} has not the checksum of package-lock.json`);
    execFileSync('tar', ['-xzf', archive], { cwd: unfinished });
    rmSync(archive);
    rmSync(folder, { recursive: true, force: true });
    renameSync(unfinished, folder);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
  return executable;
}

/** Returns the archive's name in `folder`. */
function fetch(specification, folder) {
  const args = ['pack', specification, '--pack-destination', folder, '--loglevel=error'];
  try {
    execFileSync('npm', args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  } catch (error) {
    const [reason] = String(error.stderr || error.message).match(/^npm error.*$/m) ?? [error.message];
    throw new Error(`npm cannot fetch ${specification}: ${reason}`);
  }
  return readdirSync(folder).find((name) => name.endsWith('.tgz'));
}
