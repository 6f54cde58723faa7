import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { RunEvent } from '../../src/core/events.ts';
import type { Finished } from './invocation.ts';
import type { Writing } from './fake-agent/script.ts';
import { isAlive, processesMarked } from './marked-processes.ts';
import { hashFolder, readEvents, readList, readRuns, readTurns, type Played, type RunFolder } from './readers.ts';
import { gitIn, type Sandbox } from './sandbox.ts';

/** What belongs to the user, as it was before the program was started. Empty texts without git. */
export interface Belongings {
  readonly staged: string;
  readonly branch: string;
  readonly head: string;
  readonly stashes: string;
  readonly operation: string;
  readonly gitConfig: string;
  readonly legacy: string;
}

export interface PromiseOptions {
  /** Spending: at most so many turns were played. */
  readonly maxTurns?: number;
  /** How long processes have to be gone; 5 s. */
  readonly goneWithinMs?: number;
  /** The branch is another one on purpose. */
  readonly branchMoved?: boolean;
  /** An agent has stashed. */
  readonly stashed?: boolean;
}

/** One start of the program, and what there was before it. */
export interface Start {
  readonly before: Belongings;
  readonly finished: Finished | null;
}

export function belongings(sandbox: Sandbox): Belongings {
  const { workspace, repository } = sandbox;
  const legacyFolder = path.join(workspace, '.superloop');
  const legacy = existsSync(legacyFolder) ? hashFolder(legacyFolder) : '';
  const dir = path.join(repository, '.git');
  if (!existsSync(dir)) return { staged: '', branch: '', head: '', stashes: '', operation: '', gitConfig: '', legacy };
  const git = (...args: string[]) => {
    try {
      return gitIn(sandbox, args).trim();
    } catch {
      return ''; // An unborn or detached HEAD has no such thing.
    }
  };
  const config = path.join(dir, 'config');
  return {
    staged: git('diff', '--cached', '--binary'),
    branch: git('symbolic-ref', '-q', 'HEAD'),
    head: git('rev-parse', '-q', '--verify', 'HEAD'),
    stashes: git('stash', 'list'),
    operation: OPERATIONS.filter((name) => existsSync(path.join(dir, name))).join(),
    gitConfig: existsSync(config) ? readFileSync(config, 'utf8') : '',
    legacy,
  };
}

/** What of faults.md can be seen from outside and does not hold; one line each. */
export async function brokenPromises(
  sandbox: Sandbox,
  starts: readonly Start[],
  options: PromiseOptions,
): Promise<string[]> {
  const broken: string[] = [];
  if (starts.some((start) => start.finished === null)) return ['the program is still at work: await its end first'];
  broken.push(...(await survivors(sandbox, options.goneWithinMs ?? 5000)));
  const last = starts.at(-1);
  if (last?.finished !== null && last?.finished !== undefined) {
    broken.push(...userLost(beforeKills(starts), belongings(sandbox), options));
    if (!wasKilled(last.finished))
      broken.push(...lastWords(last.finished), ...workLost(sandbox, starts), ...unfinishedFiles(sandbox));
  }
  for (const { finished } of starts) {
    const trace = /^\s+at .*:\d+:\d+\)?$/m.exec(`${finished?.stdout ?? ''}\n${finished?.stderr ?? ''}`);
    if (trace !== null) broken.push(`I3 a stack trace reached the user: ${trace[0].trim()}`);
  }
  const turns = readTurns(sandbox.agents);
  for (const run of readRuns(sandbox.workspace)) broken.push(...logBroken(run, turns));
  if (options.maxTurns !== undefined && turns.length > options.maxTurns) {
    broken.push(`I7 ${turns.length} turns were played, ${options.maxTurns} at most were expected`);
  }
  return broken;
}

/** What was the user's before the last start, or before the kills that it mends: between them a checkpoint may be half done. */
function beforeKills(starts: readonly Start[]): Belongings {
  const untouched = starts.findLastIndex(
    ({ finished }, index) => index < starts.length - 1 && !(finished !== null && wasKilled(finished)),
  );
  const first = starts[untouched + 1];
  if (first === undefined) throw new Error('nothing was started');
  return first.before;
}

const OPERATIONS = ['MERGE_HEAD', 'CHERRY_PICK_HEAD', 'REVERT_HEAD', 'rebase-merge', 'rebase-apply', 'BISECT_LOG'];

/** I6: what carries the rig's mark, and what scripts left running, marked or not. */
async function survivors(sandbox: Sandbox, withinMs: number): Promise<string[]> {
  const end = performance.now() + withinMs;
  const left = readList<{ pid: number; how: string }>(sandbox.agents, 'leftovers');
  let alive = [
    ...processesMarked(sandbox.mark),
    ...left.map(({ pid, how }) => ({ pid, command: `leftover (${how})` })),
  ];
  alive = alive.filter(({ pid }) => isAlive(pid));
  while (alive.length > 0 && performance.now() < end) {
    await new Promise((done) => setTimeout(done, 20));
    alive = alive.filter(({ pid }) => isAlive(pid));
  }
  return alive.map(({ pid, command }) => `I6 process ${pid} outlived the program: ${command}`);
}

/** I2 and I9. */
function userLost(before: Belongings, now: Belongings, { branchMoved, stashed }: PromiseOptions): string[] {
  const keys: (keyof Belongings)[] = ['staged', 'operation'];
  if (branchMoved !== true) keys.push('branch');
  if (stashed !== true) keys.push('stashes');
  if (before.branch !== '') keys.push('gitConfig');
  const changed = keys.filter((key) => before[key] !== now[key]);
  const lost = changed.map((key) => `I2 the user's ${key} changed:\n--- before\n${before[key]}\n--- now\n${now[key]}`);
  return before.legacy === now.legacy ? lost : [...lost, 'I9 .superloop/ was changed'];
}

/** I8: for ends that leave a run behind. */
function lastWords({ code, stdout, stderr }: Finished): string[] {
  if (code === 0 || code === 5 || !/^\[\*\] Run ID: /m.test(stdout)) return [];
  const line = stderr.trimEnd().split('\n').at(-1) ?? '';
  const resume = /^Resume: autoloop --resume --task-id \S+ --run-id run-\d{8}T\d{6}Z-[0-9a-f]{8}( --workspace .+)?$/;
  return resume.test(line)
    ? []
    : [`I8 exit code ${code ?? '?'}, and the last line on standard error is not the Resume line: ${line}`];
}

/** I1: what an agent wrote is committed, or it is there and its name was told. */
function workLost(sandbox: Sandbox, starts: readonly Start[]): string[] {
  if (!sandbox.hasGit || !existsSync(path.join(sandbox.repository, '.git'))) return [];
  if (starts.some(({ finished }) => finished?.args.includes('--no-git'))) return [];
  const prefix = path.relative(sandbox.repository, sandbox.workspace);
  const fromTop = (output: string) => output.split('\0').map((name) => path.relative(prefix, name.trimStart()));
  const git = (...args: string[]) => fromTop(gitIn(sandbox, args));
  const dirty = new Set(git('ls-files', '--full-name', '-moz', '--exclude-standard'));
  const committed = new Set(git('log', '--all', '--format=', '--name-only', '-z'));
  const said = starts.map(({ finished }) => `${finished?.stdout ?? ''}${finished?.stderr ?? ''}`).join('');
  const last = new Map(readList<Writing>(sandbox.agents, 'writes').map((one) => [one.path, one]));
  return [...last.values()].flatMap(({ path: name, sha256 }) => {
    if (sha256 === null) return [];
    if (!existsSync(path.join(sandbox.workspace, name)) && !committed.has(name)) return [`I1 ${name} is lost`];
    return dirty.has(name) && !isNamed(path.basename(name), said)
      ? [`I1 ${name} was left uncommitted and not named`]
      : [];
  });
}

/** Control characters of a name are escaped on the screen: then its other parts are looked for. */
function isNamed(name: string, said: string): boolean {
  return said.includes(name) || (/[\0-\x1f]/.test(name) && name.split(/[^ -~]+/).every((part) => said.includes(part)));
}

function unfinishedFiles(sandbox: Sandbox): string[] {
  const state = path.join(sandbox.workspace, '.autoloop');
  if (!existsSync(state)) return [];
  const names = readdirSync(state, { recursive: true, encoding: 'utf8' });
  return names.filter((name) => name.endsWith('.tmp')).map((name) => `I3 a temporary file was left: .autoloop/${name}`);
}

/** I3, I4, I5: the log counts without gaps, and no turn is played again once its outcome is decided. */
function logBroken(run: RunFolder, turns: readonly Played[]): string[] {
  let events: RunEvent[];
  try {
    events = readEvents(run);
  } catch (error) {
    return [`I3 ${String(error)}`];
  }
  const gap = events.findIndex((event, at) => event.seq !== at + 1);
  const counted = gap < 0 ? [] : [`I5 ${run.runId}: event ${gap + 1} has seq ${events[gap]?.seq ?? '?'}`];
  return [...counted, ...events.flatMap((event) => paidTwice(event, run, turns))];
}

function paidTwice(event: RunEvent, run: RunFolder, turns: readonly Played[]): string[] {
  if (event.event_type !== 'phase_finished') return [];
  const { pair, phase: role, cycle, attempt, outcome, phase_id: phase, seq, ts } = event;
  if (outcome === undefined || outcome.kind === 'empty' || outcome.kind === 'unreadable') return [];
  const again = turns.find(
    (turn) =>
      turn.runId === run.runId &&
      [turn.pair, turn.role, turn.cycle, turn.attempt].join() === [pair, role, cycle, attempt].join() &&
      (phase === undefined || phase === null || phase === turn.phase) &&
      Date.parse(turn.startedAt) > Date.parse(ts),
  );
  if (again === undefined) return [];
  return [
    `I4 ${pair} ${role} cycle ${cycle} attempt ${attempt} was decided in event ${seq}, and played again as call ${again.n}`,
  ];
}

function wasKilled({ signal }: Finished): boolean {
  return signal === 'SIGKILL';
}
