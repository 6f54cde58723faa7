// `npm run agents:drift`: asks npm for the newest codex and claude, installs them beside those that were tested last, and prints the
// versions, what differs in their help, codex's features and its catalogue of models, and what `npm run test:agents` says of
// them. Exit code 0: nothing differs; 3: something does; 1: it could not be told, or the tests fail. Never part of CI's verdict.
// `--no-tests` compares only, `--tests-only` tests only; what stands after `--` goes to `test:agents`. Plain Node without dependencies.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { AGENTS, installAgents } from './install-agents.mjs';

const EXIT = { same: 0, failed: 1, differs: 3 };
const LONGEST_ANSWER_MS = 120_000;
/** The tests run in so many parts, one after the other: each has the time that test:agents gives itself. */
const PARTS = 3;
/** What Autoloop relies on is in these texts. `of`: what is compared of an answer, its lines unless named. */
const QUESTIONS = {
  codex: [
    { args: ['--help'] },
    { args: ['exec', '--help'] },
    { args: ['exec', 'resume', '--help'] },
    { args: ['login', '--help'] },
    { args: ['features', 'list'] },
    { args: ['debug', 'models', '--bundled'], of: slugs },
  ],
  claude: [{ args: ['--help'] }, { args: ['auth', '--help'] }, { args: ['auth', 'status', '--help'] }],
};

const say = (text) => process.stderr.write(`agents:drift: ${text}\n`);
const print = (text) => process.stdout.write(`${text}\n`);

process.exitCode = main(process.argv.slice(2));

function main(args) {
  const end = args.includes('--') ? args.indexOf('--') : args.length;
  const [own, forTests] = [args.slice(0, end), args.slice(end + 1)];
  const unknown = own.find((arg) => !['--no-tests', '--tests-only'].includes(arg));
  if (unknown !== undefined || own.length > 1) {
    const found = unknown === undefined ? own.join(' ') : `unknown argument ${unknown}`;
    say(`ERROR: ${found}; accepted: --no-tests or --tests-only, then -- and arguments of test:agents`);
    return 2;
  }
  try {
    const agents = AGENTS.filter(({ name }) => name in QUESTIONS);
    const latest = Object.fromEntries(agents.map(({ name, package: of }) => [name, newestOf(of)]));
    for (const { name, newest } of agents) print(`${name}: tested up to ${newest}, npm has ${latest[name]}`);
    const differ = !own.includes('--tests-only') && compared(agents, latest);
    if (!own.includes('--no-tests') && !pass(latest, forTests)) return EXIT.failed;
    return differ ? EXIT.differs : EXIT.same;
  } catch (error) {
    say(`ERROR: ${error.message}`);
    return EXIT.failed;
  }
}

/** Prints what differs from what was tested; whether anything does. */
function compared(agents, latest) {
  const newer = agents.filter(({ name, newest }) => latest[name] !== newest);
  const differ = newer.length > 0 && differences(newer, latest) > 0;
  if (newer.length === 0) print('nothing is newer than what was tested');
  else if (!differ) print('nothing differs in what was compared');
  return differ;
}

function newestOf(name) {
  const version = answerOf('npm', ['view', name, 'version'], process.env).stdout.trim();
  if (!/^\d+\.\d+\.\d+/.test(version)) throw new Error(`npm tells no version of ${name}: ${version}`);
  return version;
}

/** Prints them; returns how many answers differ. */
function differences(agents, latest) {
  const tested = installAgents(say, { among: agents });
  const newest = installAgents(say, { among: agents, versions: latest });
  return agents.flatMap(({ name }) => QUESTIONS[name].filter((question) => differs(name, question, { tested, newest })))
    .length;
}

function differs(name, { args, of = lines }, { tested, newest }) {
  const [before, now] = [tested, newest].map((programs) => of(ask(programs[name], args)));
  const gone = before.filter((line) => !now.includes(line));
  const come = now.filter((line) => !before.includes(line));
  if (gone.length + come.length === 0) return false;
  print(`\n${[name, ...args].join(' ')}`);
  for (const line of gone) print(`- ${line}`);
  for (const line of come) print(`+ ${line}`);
  return true;
}

/** As for somebody who has nothing configured; an answer that is refused is an answer too. */
function ask(program, args) {
  const home = mkdtempSync(path.join(tmpdir(), 'agents-drift-'));
  try {
    const env = { PATH: process.env.PATH, HOME: home, LANG: 'C.UTF-8', DISABLE_AUTOUPDATER: '1', COLUMNS: '120' };
    const { status, stdout, stderr } = answerOf(program, args, env, { isRefusable: true });
    return status === 0 ? stdout : `exit code ${status}\n${stdout}${stderr}`;
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

function answerOf(program, args, env, { isRefusable = false } = {}) {
  const answer = spawnSync(program, args, {
    env,
    encoding: 'utf8',
    timeout: LONGEST_ANSWER_MS,
    killSignal: 'SIGKILL',
    maxBuffer: 1 << 28,
  });
  if (answer.status === null || (answer.status !== 0 && !isRefusable)) {
    const why = answer.error?.message ?? answer.stderr.trim().split('\n')[0];
    throw new Error(`${[path.basename(program), ...args].join(' ')} failed: ${why}`);
  }
  return answer;
}

function lines(text) {
  return text
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '');
}

/** The models of the catalogue, one a line; as it is where it has another form by now. */
function slugs(text) {
  try {
    return JSON.parse(text).models.map(({ slug }) => slug);
  } catch {
    return lines(text);
  }
}

/** The tests with these versions, part by part: one that fails does not keep the others from telling more. */
function pass(versions, more) {
  const named = Object.entries(versions).map(([name, version]) => `${name}=${version}`);
  const chosen = ['--agent-version', named.join(',')];
  const parts = more.includes('part') ? [[]] : Array.from({ length: PARTS }, (_, at) => ['part', `${at + 1}/${PARTS}`]);
  const failed = parts.filter((part) => testAgents([...chosen, ...part, ...more]) !== 0);
  const which = failed.flatMap((part) => (part.length === 0 ? [] : [part.join(' ')])).join(', ');
  const verdict = failed.length === 0 ? 'passed' : `FAILED${which === '' ? '' : ` (${which})`}`;
  print(`test:agents with ${named.join(' and ')}: ${verdict}`);
  return failed.length === 0;
}

function testAgents(args) {
  const script = fileURLToPath(new URL('test-agents.mjs', import.meta.url));
  return spawnSync(process.execPath, [script, ...args], { stdio: 'inherit' }).status;
}
