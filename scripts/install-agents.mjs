// Installs the agents that `npm run test:agents` works with, in the newest or the oldest versions that its tests are held against,
// each into a folder of its own below a cache outside the repository: `$AUTOLOOP_AGENTS_CACHE`, else `autoloop-agents` below
// `$XDG_CACHE_HOME` or `~/.cache`. About 1 GB, once. `node scripts/install-agents.mjs` prints the paths of the programs; 1 if one that
// is needed cannot be installed. Plain Node without dependencies.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

/**
 * The ends of what is tested; src/core/tested-versions.ts says the same of codex and claude to users. An optional one is tested where it
 * can be installed: there are many agents, and none of these is needed by everybody.
 */
export const AGENTS = [
  { name: 'codex', package: '@openai/codex', oldest: '0.169.0', newest: '0.171.0', isOptional: false },
  { name: 'claude', package: '@anthropic-ai/claude-code', oldest: '2.1.330', newest: '2.1.332', isOptional: false },
  { name: 'opencode', package: 'opencode-ai', oldest: '1.18.33', newest: '1.18.33', isOptional: true },
  { name: 'gemini', package: '@google/gemini-cli', oldest: '0.61.0', newest: '0.61.0', isOptional: true },
];
const LONGEST_CHECK_MS = 60_000;
/** A slow line takes its time; CI has none. */
export const LONGEST_INSTALL_MINUTES = { usual: 20, ci: 5 };
const UNFINISHED = 'unfinished-';
const TESTS = 'tests-';

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) main();

function main() {
  try {
    const say = (text) => process.stderr.write(`${text}\n`);
    const programs = installAgents(say, { among: AGENTS.filter(({ isOptional }) => !isOptional) });
    for (const program of Object.values(programs)) process.stdout.write(`${program}\n`);
  } catch (error) {
    process.stderr.write(`ERROR: ${error.message}\n`);
    process.exitCode = 1;
  }
}

/**
 * The paths of the agents' programs by name, without the optional ones that cannot be had; each is installed if it is not there, or
 * does not run. Throws an Error that says in one line why one that is needed cannot be. `say` is told what takes long; `versions`:
 * `newest` or `oldest`, or a version by name; `minutes`: for all together.
 */
export function installAgents(
  say,
  { minutes = LONGEST_INSTALL_MINUTES.usual, versions = 'newest', among = AGENTS } = {},
) {
  const end = Date.now() + minutes * 60_000;
  const programs = {};
  for (const agent of among) {
    const version = typeof versions === 'string' ? agent[versions] : (versions[agent.name] ?? agent.newest);
    try {
      programs[agent.name] = installAgent({ ...agent, version }, say, Math.max(1, end - Date.now()));
    } catch (error) {
      if (!agent.isOptional) throw error;
      say(`without ${agent.name}: ${error.message}`);
    }
  }
  return programs;
}

function installAgent(agent, say, longestMs) {
  const cache = cacheFolder();
  const folder = path.join(cache, `${agent.name}-${agent.version}`);
  const program = path.join(folder, 'node_modules', '.bin', agent.name);
  if (isInstalled(agent, folder, program, say)) return program;
  say(`installing ${agent.package}@${agent.version} into ${folder} ...`);
  mkdirSync(cache, { recursive: true });
  removeLeftovers(cache);
  const unfinished = mkdtempSync(path.join(cache, UNFINISHED));
  try {
    install(agent, unfinished, longestMs);
    check(agent, path.join(unfinished, 'node_modules', '.bin', agent.name));
    publish(unfinished, folder);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
  return program;
}

function isInstalled(agent, folder, program, say) {
  if (!existsSync(folder)) return false;
  try {
    check(agent, program);
    return true;
  } catch (error) {
    say(`what is in the cache is removed: ${error.message}`);
    rmSync(folder, { recursive: true, force: true });
    return false;
  }
}

/** A new folder for tests, beside the agents. */
export function testsFolder() {
  return mkdtempSync(path.join(cacheFolder(), TESTS));
}

function cacheFolder() {
  const { AUTOLOOP_AGENTS_CACHE: own, XDG_CACHE_HOME: base } = process.env;
  if (own) return path.resolve(own);
  return path.join(base && path.isAbsolute(base) ? base : path.join(homedir(), '.cache'), 'autoloop-agents');
}

/** Of installations and tests that were killed, so old that none of them can still be at work. */
function removeLeftovers(cache) {
  for (const name of readdirSync(cache).filter((each) => each.startsWith(UNFINISHED) || each.startsWith(TESTS))) {
    const folder = path.join(cache, name);
    if (Date.now() - statSync(folder).mtimeMs > 2 * 60_000 * LONGEST_INSTALL_MINUTES.usual)
      rmSync(folder, { recursive: true, force: true });
  }
}

function install(agent, folder, longestMs) {
  const dependencies = { [agent.package]: agent.version };
  writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ private: true, dependencies }));
  const args = ['install', '--no-audit', '--no-fund', '--loglevel=error', '--fetch-retry-maxtimeout=10000'];
  run('npm', args, { cwd: folder, timeout: longestMs });
}

/** npm passes over a native program that the registry lacks for this platform: only running it tells. */
function check({ name, version }, program) {
  const said = run(program, ['--version'], { cwd: path.dirname(program), timeout: LONGEST_CHECK_MS });
  if (!said.includes(version)) throw new Error(`${name} in ${program} is not ${version}: ${said.trim()}`);
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
