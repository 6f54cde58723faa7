// `npm run test:agents`: runs test/agents with real agents against a mock of their APIs on this machine, one line a case. Where
// codex and claude cannot be installed nothing is tested, which the last line says: that is a failure, except
// with --if-installable (CI). `--agent-version oldest` takes the oldest versions of the table instead of the newest, and
// `--agent-version codex=0.170.0,claude=2.1.331` these; `part 1/3` runs a third of the files. Other arguments go to vitest. Plain Node
// without dependencies.
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { text as allOf } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { AGENTS, installAgents, LONGEST_INSTALL_MINUTES, testsFolder } from './install-agents.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
/** Three times what they take on two busy processors. With CI's install it is less than CI has for a step. */
const LONGEST_TESTS_MINUTES = 9;
const OPTIONAL = '--if-installable';
const NAMED_VERSIONS = /^[a-z]+=\d[\w.+-]*(,[a-z]+=\d[\w.+-]*)*$/;
const say = (text) => process.stderr.write(`test:agents: ${text}\n`);

process.exitCode = await main(process.argv.slice(2));

async function main(args) {
  const isOptional = args.includes(OPTIONAL);
  const { versions, own, wrong } = chosen(args.filter((arg) => arg !== OPTIONAL));
  if (wrong !== null) {
    say(`ERROR: ${wrong}`);
    return 2;
  }
  let agents;
  try {
    const minutes = isOptional ? LONGEST_INSTALL_MINUTES.ci : LONGEST_INSTALL_MINUTES.usual;
    // CI has no time for those that take half a minute to start.
    const among = AGENTS.filter((agent) => !isOptional || !agent.isOptional);
    agents = installAgents(say, { minutes, versions, among });
  } catch (error) {
    say(`NOT RUN, since the real agents cannot be installed here: ${error.message}`);
    return isOptional ? 0 : 1;
  }
  const vitest = path.join(ROOT, 'node_modules', 'vitest', 'vitest.mjs');
  const words = [process.execPath, vitest, 'run', '--config', 'test/agents/vitest.config.ts', ...own];
  const seal = sealed();
  const folder = testsFolder();
  const env = { ...process.env, REAL_AGENTS: JSON.stringify(agents), TESTS_FOLDER: folder };
  if (!sandboxStarts(seal ?? [], agents.codex, folder)) {
    say("codex's sandbox does not start here (containers often forbid it): codex runs without");
    env.REAL_CODEX_SANDBOX = 'bypass';
  }
  const { code, counters } = await run([...(seal ?? []), ...words], env);
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  if (code !== 0) return code;
  if (seal === null) {
    say(
      'NOT CHECKED that only loopback is used: the network cannot be cut off here (that needs Linux, unshare and ip)',
    );
    return 0;
  }
  return attempts(counters);
}

/** Which versions, and what is left for vitest; `wrong`: what of the arguments cannot be. */
function chosen(args) {
  let versions = 'newest';
  let wrong = null;
  const own = [];
  for (let at = 0; at < args.length; at += 1) {
    const value = args[at + 1] ?? '';
    if (args[at] === '--agent-version') {
      if (['oldest', 'newest'].includes(value)) versions = value;
      else if (NAMED_VERSIONS.test(value))
        versions = Object.fromEntries(value.split(',').map((each) => each.split('=')));
      else wrong = `--agent-version ${value}: it must be oldest, newest, or as codex=0.170.0,claude=2.1.331`;
      at += 1;
    } else if (args[at] === 'part') {
      if (/^[1-9]\d*\/[1-9]\d*$/.test(value)) own.push(`--shard=${value}`);
      else wrong = `part ${value}: it must be as 1/3`;
      at += 1;
    } else own.push(args[at]);
  }
  return { versions, own, wrong };
}

/** Runs a command in a process group of its own, which is ended with this program and when its time is up. */
async function run([command, ...args], env) {
  const child = spawn(command, args, {
    cwd: ROOT,
    env,
    detached: true,
    stdio: ['ignore', 'inherit', 'inherit', 'pipe'],
  });
  const end = (signal) => {
    try {
      process.kill(-child.pid, signal);
    } catch {
      // It has gone by itself.
    }
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, end);
  const timer = setTimeout(() => {
    say(`FAILED: the tests had not ended after ${LONGEST_TESTS_MINUTES} minutes`);
    end('SIGKILL');
  }, LONGEST_TESTS_MINUTES * 60_000);
  const counters = allOf(child.stdio[3]);
  const code = await new Promise((done) => {
    child.on('error', () => done(1)).on('exit', (status) => done(status ?? 1));
  });
  clearTimeout(timer);
  return { code, counters: code === 0 ? await counters : '' };
}

/**
 * What runs a command in a network of its own that has loopback and no way out, and afterwards writes that network's counters
 * to descriptor 3; null where the system does not allow it.
 */
function sealed() {
  const isRoot = process.getuid?.() === 0;
  const asUser = isRoot ? [] : ['--map-current-user', '--keep-caps'];
  // What the user was lent to bring loopback up goes back: codex's sandbox does not start with it.
  const run = isRoot ? '"$0" "$@"' : 'setpriv --ambient-caps=-all --inh-caps=-all "$0" "$@"';
  const script = `ip link set lo up || exit 1; ${run} 3>&-; code=$?; cat /proc/net/snmp /proc/net/snmp6 >&3; exit $code`;
  const words = ['unshare', '--net', ...asUser, 'sh', '-c', script];
  const tried = spawnSync(words[0], [...words.slice(1), 'true'], { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] });
  return tried.status === 0 && counted(String(tried.output[3])) !== null ? words : null;
}

/** codex keeps no helper of its sandbox below a temporary folder, and hides /dev from it: the tests' folder must be elsewhere. */
function sandboxStarts(seal, codex, folder) {
  const home = path.join(folder, 'codex-home');
  mkdirSync(home);
  const [command, ...args] = [...seal, codex, 'sandbox', '--', 'true'];
  const env = { ...process.env, CODEX_HOME: home };
  const tried = spawnSync(command, args, { env, stdio: ['ignore', 'ignore', 'ignore', 'pipe'], timeout: 60_000 });
  return tried.status === 0;
}

/** 1 if anything tried to get beyond loopback. */
function attempts(counters) {
  const count = counted(counters);
  if (count === 0) {
    say(
      'nothing but loopback was spoken to: in a network without a way out, no packet was sent towards one, and no name was looked up',
    );
    return 0;
  }
  say(`FAILED: ${count ?? 'an unknown number of'} packets were sent beyond loopback, or to look up names`);
  return 1;
}

/**
 * How many packets had no route, and how many datagrams were sent at all: name look-ups are such, also where a resolver on
 * loopback is asked, and the tests send none. IPv4 and IPv6; null where the text has no such figures.
 */
function counted(counters) {
  const figures = [v4(counters, 'Ip', 'OutNoRoutes'), v4(counters, 'Udp', 'OutDatagrams')];
  const v6 = ['Ip6OutNoRoutes', 'Udp6OutDatagrams'].map(
    (name) => new RegExp(`^${name}\\s+(\\d+)$`, 'm').exec(counters)?.[1],
  );
  if (figures.includes(null)) return null;
  return [...figures, ...v6].reduce((sum, figure) => sum + Number(figure ?? 0), 0);
}

/** A figure of /proc/net/snmp, where a line with names precedes each line with values. */
function v4(counters, protocol, name) {
  const [names, values] = counters.split('\n').filter((line) => line.startsWith(`${protocol}: `));
  const at = names?.split(' ').indexOf(name) ?? -1;
  return at < 0 ? null : Number(values?.split(' ')[at]);
}
