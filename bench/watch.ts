import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { RunAnswer, RunMessage } from '../src/web/documents.ts';
import { pageFeed } from '../test/support/page-feed.ts';
import { fillSandbox, type Sandbox } from '../test/support/sandbox.ts';
import { NoFigure, whatWentWrong } from './execute.ts';
import { addFinishedTasks, phasesOf } from './list.ts';
import { cyclesOf, type LongRun, longRun, textOf } from './long-run.ts';
import type { Program } from './programs.ts';
import type { Figures, Scenario, Setting } from './scenario.ts';
import { median } from './statistics.ts';

/** How often something is written that a page is to show. */
const WRITES = 40;

/** What the page of many tasks and of a very long run costs: the server's memory, and how long a person waits for it. */
export function watch(setting: Setting): Scenario {
  const { finished, turns } = setting.sizes;
  return {
    name: 'watch',
    title: `The page: ${finished.toLocaleString('en')} tasks, a run of ${turns.toLocaleString('en')} turns`,
    rounds: 1,
    figures: [
      { key: 'rest', label: 'memory at rest', unit: 'MB', atMost: 60 },
      { key: 'tasksFirst', label: 'the tasks, the first time', unit: 'ms' },
      { key: 'tasks', label: 'the tasks, after that', unit: 'ms', atMost: 1000 },
      { key: 'open', label: 'the long run, the first time', unit: 'ms', atMost: 2000 },
      { key: 'again', label: 'the long run, for a second page', unit: 'ms' },
      { key: 'read', label: 'of its log read for a second page', unit: 'x', atMost: 0.1 },
      { key: 'rows', label: 'rows that a page is given', unit: '', atMost: 200 },
      { key: 'shown', label: 'from the file to the page', unit: 'ms', atMost: 300 },
      { key: 'shownLate', label: 'the same, 95 of 100', unit: 'ms', atMost: 1000 },
      { key: 'memory', label: 'memory with all of that', unit: 'MB', atMost: 150 },
    ],
    prepare(program) {
      const empty = fillSandbox(setting.folder(), { git: false });
      const full = fillSandbox(setting.folder(), { git: false, script: { phases: phasesOf(setting) } });
      addFinishedTasks(full, program, finished);
      const run = longRun(program, full, 10 * turns);
      return Promise.resolve({
        round: async () => ({ rest: await atRest(program, empty), ...(await withMuch(program, full, run, turns / 2)) }),
        once: () => Promise.resolve({}),
      });
    },
  };
}

/** A server of the page, and what the system says of its process; null where there is no /proc. */
interface Server {
  readonly address: string;
  readonly get: (path: string) => Promise<{ readonly answer: unknown; readonly ms: number }>;
  readonly megabytes: () => number | null;
  readonly bytesRead: () => number | null;
}

async function withServer<T>(program: Program, place: Sandbox, use: (server: Server) => Promise<T>): Promise<T> {
  const child = spawn(program.file, [...program.args, 'serve'], { cwd: place.workspace, env: place.env });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  const ended = once(child, 'close');
  const printed = once(child.stdout.setEncoding('utf8'), 'data') as Promise<[string]>;
  const first = await Promise.race([printed, ended.then(() => null)]);
  if (first === null) throw new NoFigure(whatWentWrong(program, ['serve'], said));
  const address = first[0].trim();
  const { origin, hash } = new URL(address);
  const headers = { authorization: `Bearer ${hash.replace('#token=', '')}` };
  const file = (name: string) => `/proc/${String(child.pid)}/${name}`;
  try {
    return await use({
      address,
      megabytes: () => numberIn(file('status'), /^VmRSS:\s*(\d+)/m, 1024),
      bytesRead: () => numberIn(file('io'), /^rchar:\s*(\d+)/m, 1),
      async get(at: string) {
        const begun = performance.now();
        const answer: unknown = await (await fetch(`${origin}/api/${at}`, { headers })).json();
        return { answer, ms: performance.now() - begun };
      },
    });
  } finally {
    child.kill('SIGTERM');
    await ended;
  }
}

function numberIn(file: string, pattern: RegExp, unit: number): number | null {
  try {
    return Number(pattern.exec(readFileSync(file, 'latin1'))?.[1]) / unit;
  } catch {
    return null; // Elsewhere than on Linux.
  }
}

function atRest(program: Program, place: Sandbox): Promise<number | null> {
  return withServer(program, place, async ({ get, megabytes }) => {
    await get('tasks');
    return megabytes();
  });
}

async function withMuch(program: Program, place: Sandbox, run: LongRun, cycles: number): Promise<Figures> {
  const log = path.join(run.run.path, 'events.jsonl');
  const events = [...run.head, ...cyclesOf(run, 1, cycles)];
  writeFileSync(log, textOf(events));
  rmSync(path.join(place.env['HOME'] ?? '', '.cache/autoloop'), { recursive: true, force: true });
  return withServer(program, place, async ({ address, get, megabytes, bytesRead }) => {
    const at = `runs/${run.run.runId}`;
    const tasksFirst = (await get('tasks')).ms;
    const tasks = (await get('tasks')).ms;
    const open = await get(at);
    const before = bytesRead();
    const again = (await get(at)).ms;
    const after = bytesRead();
    const read = before === null || after === null ? null : (after - before) / statSync(log).size;
    const waits = await writesSeen(address, at, { log, run, cycles, seq: events.length });
    const late = [...waits].sort((a, b) => a - b)[Math.ceil(waits.length * 0.95) - 1] ?? null;
    const figures = { tasksFirst, tasks, open: open.ms, again, read, rows: (open.answer as RunAnswer).rows.length };
    return { ...figures, shown: median(waits), shownLate: late, memory: megabytes() };
  });
}

interface Written {
  readonly log: string;
  readonly run: LongRun;
  /** In the log already, as are `seq` events. */
  readonly cycles: number;
  readonly seq: number;
}

/** Writes one turn after the other into the log, and resolves with how long each took until a page was told, in ms. */
async function writesSeen(address: string, at: string, { log, run, cycles, seq }: Written): Promise<number[]> {
  const feed = await pageFeed<RunMessage>(address, `${at}/feed`);
  await feed.until(({ kind }) => kind === 'status' || kind === 'reload');
  const waits: number[] = [];
  let last = seq;
  for (let cycle = cycles + 1; waits.length < WRITES; cycle += 1) {
    for (const part of inTurns(run.cycle(cycle))) {
      const begun = performance.now();
      appendFileSync(log, textOf(part, last + 1));
      last += part.length;
      const { turn } = part.find((event) => event.event_type === 'turn_started') ?? { turn: 0 };
      await feed.until(
        (message) => message.kind === 'rows' && message.rows.some(({ key }) => key === `t${String(turn)}`),
      );
      waits.push(performance.now() - begun);
    }
  }
  await feed.leave();
  return waits;
}

/** The events of a cycle, in as many parts as it has turns. */
function inTurns<E extends { readonly event_type: string }>(events: readonly E[]): readonly (readonly E[])[] {
  const [, second = 0] = events.flatMap((event, at) => (event.event_type === 'turn_started' ? [at] : []));
  return [events.slice(0, second), events.slice(second)];
}
