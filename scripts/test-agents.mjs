// `npm run test:agents`: runs test/agents with the real codex and claude against a mock of their APIs on this machine.
// Where the agents cannot be installed, that is said in the last line, and it is no failure; a test that fails is one.
// Arguments go to vitest. Plain Node without dependencies.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { installAgents } from './install-agents.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const say = (text) => process.stderr.write(`test:agents: ${text}\n`);

process.exitCode = main(process.argv.slice(2));

function main(args) {
  let agents;
  try {
    agents = installAgents(say);
  } catch (error) {
    say(`NOT RUN, for want of the real agents: ${error.message}`);
    return 0;
  }
  const vitest = path.join(ROOT, 'node_modules', 'vitest', 'vitest.mjs');
  const words = [process.execPath, vitest, 'run', '--config', 'test/agents/vitest.config.ts', ...args];
  const env = { ...process.env, REAL_AGENTS: agents };
  const seal = sealed();
  if (seal === null) {
    const ran = spawnSync(words[0], words.slice(1), { cwd: ROOT, env, stdio: 'inherit' });
    say(
      'the network could not be cut off here (Linux, with unshare and ip): that only loopback is used was NOT CHECKED',
    );
    return ran.status ?? 1;
  }
  const [command, ...rest] = [...seal, ...words];
  const ran = spawnSync(command, rest, { cwd: ROOT, env, stdio: ['inherit', 'inherit', 'inherit', 'pipe'] });
  return Math.max(ran.status ?? 1, attempts(String(ran.output?.[3] ?? '')));
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

/** 1 if anything tried to get beyond loopback: the kernel counts every packet, name look-ups included, for which it has no route. */
function attempts(counters) {
  const count = counted(counters);
  if (count === 0) {
    say('nothing but loopback was spoken to: in a network without a way out, no packet was sent towards one');
    return 0;
  }
  say(`FAILED: ${count ?? 'an unknown number of'} packets were sent beyond loopback`);
  return 1;
}

/** The sum of OutNoRoutes of IPv4 and IPv6; null where the text has none. */
function counted(counters) {
  const [names, values] = counters.split('\n').filter((line) => line.startsWith('Ip: '));
  const at = names?.split(' ').indexOf('OutNoRoutes') ?? -1;
  const v6 = /^Ip6OutNoRoutes\s+(\d+)$/m.exec(counters)?.[1] ?? '0';
  return at < 0 ? null : Number(values?.split(' ')[at]) + Number(v6);
}
