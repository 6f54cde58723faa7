// Installs the two agents that `npm run test:agents` works with, in the newest or the oldest versions that its tests are held against,
// into a cache folder outside the repository: `$AUTOLOOP_AGENTS_CACHE`, else `autoloop-agents` below `$XDG_CACHE_HOME` or
// `~/.cache`. About 700 MB, once. `node scripts/install-agents.mjs` prints the two paths; 1 if they cannot be installed.
// Plain Node without dependencies.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

/** The ends of what is tested; src/core/tested-versions.ts says the same to users. */
export const AGENTS = [
  { name: 'codex', package: '@openai/codex', oldest: '0.169.0', newest: '0.169.0' },
  { name: 'claude', package: '@anthropic-ai/claude-code', oldest: '2.1.330', newest: '2.1.330' },
];
const LONGEST_CHECK_MS = 60_000;
/** A slow line takes its time; CI has none. */
export const LONGEST_INSTALL_MINUTES = { usual: 20, ci: 5 };
const UNFINISHED = 'unfinished-';

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) main();

function main() {
  try {
    const folder = installAgents((text) => process.stderr.write(`${text}\n`));
    for (const { name } of AGENTS) process.stdout.write(`${path.join(folder, name)}\n`);
  } catch (error) {
    process.stderr.write(`ERROR: ${error.message}\n`);
    process.exitCode = 1;
  }
}

/**
 * The folder that holds the programs `codex` and `claude`; they are installed if they are not there, or do not run. Throws an
 * Error that says in one line why that is not possible. `say` is told what takes long; `end`: `newest` or `oldest`.
 */
export function installAgents(say, minutes = LONGEST_INSTALL_MINUTES.usual, end = 'newest') {
  const agents = AGENTS.map((agent) => ({ ...agent, version: agent[end] }));
  const cache = cacheFolder();
  const folder = path.join(cache, agents.map(({ name, version }) => `${name}-${version}`).join('_'));
  const programs = path.join(folder, 'node_modules', '.bin');
  if (isInstalled(agents, folder, programs, say)) return programs;
  say(`installing ${agents.map((agent) => `${agent.package}@${agent.version}`).join(' and ')} into ${folder} ...`);
  mkdirSync(cache, { recursive: true });
  removeLeftovers(cache);
  const unfinished = mkdtempSync(path.join(cache, UNFINISHED));
  try {
    install(agents, unfinished, minutes * 60_000);
    check(agents, path.join(unfinished, 'node_modules', '.bin'));
    publish(unfinished, folder);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
  return programs;
}

function isInstalled(agents, folder, programs, say) {
  if (!existsSync(folder)) return false;
  try {
    check(agents, programs);
    return true;
  } catch (error) {
    say(`what is in the cache is removed: ${error.message}`);
    rmSync(folder, { recursive: true, force: true });
    return false;
  }
}

function cacheFolder() {
  const { AUTOLOOP_AGENTS_CACHE: own, XDG_CACHE_HOME: base } = process.env;
  if (own) return path.resolve(own);
  return path.join(base && path.isAbsolute(base) ? base : path.join(homedir(), '.cache'), 'autoloop-agents');
}

/** Of installations that were killed, so old that none of them can still be at work. */
function removeLeftovers(cache) {
  for (const name of readdirSync(cache).filter((each) => each.startsWith(UNFINISHED))) {
    const folder = path.join(cache, name);
    if (Date.now() - statSync(folder).mtimeMs > 2 * 60_000 * LONGEST_INSTALL_MINUTES.usual)
      rmSync(folder, { recursive: true, force: true });
  }
}

function install(agents, folder, longestMs) {
  const dependencies = Object.fromEntries(agents.map((agent) => [agent.package, agent.version]));
  writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ private: true, dependencies }));
  const args = ['install', '--no-audit', '--no-fund', '--loglevel=error', '--fetch-retry-maxtimeout=10000'];
  run('npm', args, { cwd: folder, timeout: longestMs });
}

/** npm passes over a native program that the registry lacks for this platform: only running it tells. */
function check(agents, programs) {
  for (const { name, version } of agents) {
    const said = run(path.join(programs, name), ['--version'], { cwd: programs, timeout: LONGEST_CHECK_MS });
    if (!said.includes(version)) throw new Error(`${name} in ${programs} is not ${version}: ${said.trim()}`);
  }
}

/** In one step; where somebody else was faster, theirs stays. */
function publish(unfinished, folder) {
  try {
    renameSync(unfinished, folder);
  } catch (error) {
    if (!existsSync(folder)) throw error;
  }
}

function run(command, args, options) {
  const ran = spawnSync(command, args, { ...options, encoding: 'utf8', killSignal: 'SIGKILL' });
  if (ran.status === 0) return ran.stdout;
  const words = (ran.error?.message ?? ran.stderr).trim().split('\n').slice(0, 3).join(' ');
  throw new Error(`${[path.basename(command), ...args].join(' ')} failed: ${words}`);
}
