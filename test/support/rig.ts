import { cpSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFailed } from 'vitest';
import type { RunEvent } from '../../src/core/events.ts';
import type { AgentScript, Leftover, Match, Program, Writing } from './fake-agent/script.ts';
import { startProgram, type Finished, type Running, type StartOptions } from './invocation.ts';
import { isAlive, processesMarked } from './marked-processes.ts';
import { belongings, brokenPromises, type PromiseOptions, type Start } from './promises.ts';
import {
  hashFolder,
  readCommits,
  readEvents,
  readList,
  readRuns,
  readTurns,
  type Commit,
  type Played,
  type RunFolder,
} from './readers.ts';
import { listenForTurns, type RemoteTurn, type RemoteTurns } from './remote-turns.ts';
import { reportOn } from './report.ts';
import { fillSandbox, gitIn, type RigOptions, type Sandbox } from './sandbox.ts';

/**
 * A workspace of its own with fake agents on PATH, in which the built program is run.
 * When the test fails, the program's output, the event logs and every turn are printed.
 *
 * @example
 * await using rig = await createRig({ script: { phases: ['parse'], gaps: 1 } });
 * const { code } = await rig.run(['--intent', 'Build it']);
 * expect(code).toBe(0);
 * expect(rig.turns().map((turn) => turn.pair)).toEqual(['plan', 'plan', …]);
 * await rig.checkPromises();
 *
 * @param whenFailed a test that runs beside others gives its own: the one of the module belongs to whichever began last
 */
export async function createRig(
  options: RigOptions = {},
  whenFailed: (report: () => void) => void = onTestFailed,
): Promise<Rig> {
  const sandbox = fillSandbox(realpathSync(mkdtempSync(path.join(tmpdir(), 'rig-'))), options);
  const rig = new Rig(sandbox, await listenForTurns(sandbox.agents));
  try {
    whenFailed(() => console.error(rig.report()));
  } catch {
    // Not in a test but in a hook: whoever made the rig prints its report.
  }
  return rig;
}

export class Rig {
  readonly sandbox: Sandbox;
  readonly #remote: RemoteTurns;
  readonly #starts: { before: Start['before']; running: Running; finished: Finished | null }[] = [];
  #lastReport: string | null = null;

  constructor(sandbox: Sandbox, remote: RemoteTurns) {
    this.sandbox = sandbox;
    this.#remote = remote;
  }

  get workspace(): string {
    return this.sandbox.workspace;
  }

  /** Runs the program in the workspace to its end. `await rig.run(['--intent', 'x'], { stdin: 'yes\n' })` */
  async run(args: readonly string[], options: StartOptions = {}): Promise<Finished> {
    return await this.start(args, options).done;
  }

  /** Starts the program. `const running = rig.start([…]); await running.sees(/cycle 1/); running.signal('SIGINT')` */
  start(args: readonly string[], options: StartOptions = {}): Running {
    const before = belongings(this.sandbox);
    const running = startProgram(this.sandbox, args, options);
    const start = { before, running, finished: null as Finished | null };
    this.#starts.push(start);
    running.done.then(
      (finished) => (start.finished = finished),
      () => undefined, // Timed out: whoever awaits it gets the error.
    );
    return running;
  }

  /** The next turn that a script gives to the test (`remote: true`); rejects when every program under way ends before. */
  async nextTurn(match: Match = {}): Promise<RemoteTurn> {
    const turn = this.#remote.next(match);
    const underWay = this.#starts.filter(({ finished }) => finished === null);
    const asked = underWay.length > 0 ? underWay : this.#starts.slice(-1);
    if (asked.length === 0) return await turn;
    try {
      return await Promise.any(asked.map(({ running }) => running.orExit(turn)));
    } catch (error) {
      throw error instanceof AggregateError ? error.errors.at(-1) : error;
    }
  }

  /** Replaces the script of the fakes, for the turns to come. Counts of `nth`, `times` and `turns` go on. */
  script(script: AgentScript): void {
    writeFileSync(path.join(this.sandbox.agents, 'script.json'), JSON.stringify(script));
  }

  /** Every run, parents before follow-ups. */
  runs(): RunFolder[] {
    return readRuns(this.workspace);
  }

  /** The newest run; throws when there is none. */
  lastRun(): RunFolder {
    const run = this.runs().at(-1);
    if (run === undefined) throw new Error('the workspace has no run');
    return run;
  }

  /** The log of a run, the newest one by default. `rig.events().map((event) => event.event_type)` */
  events(run: RunFolder = this.lastRun()): RunEvent[] {
    return readEvents(run);
  }

  /** Every turn that the fakes were asked for, in order. `rig.turns().filter((turn) => turn.role === 'producer')` */
  turns(): Played[] {
    return readTurns(this.sandbox.agents);
  }

  /** `--version`, `--help` and log-in checks. */
  probes(): { program: Program; argv: string[] }[] {
    return readList(this.sandbox.agents, 'probes');
  }

  /** Signals that the fakes got, in order. */
  signals(): { call: number; signal: string; at: string }[] {
    return readList(this.sandbox.agents, 'signals');
  }

  /** Processes that scripts left running (`leave`), and whether they still are. */
  leftovers(): { how: Leftover; pid: number; call: number; alive: boolean }[] {
    const noted = readList<{ how: Leftover; pid: number; call: number }>(this.sandbox.agents, 'leftovers');
    return noted.map((one) => ({ ...one, alive: isAlive(one.pid) }));
  }

  /** What the fakes wrote and deleted outside the state folder, in order. */
  writes(): Writing[] {
    return readList(this.sandbox.agents, 'writes');
  }

  /** Commits of the current branch, oldest first. `rig.commits().map((commit) => commit.subject)` */
  commits(): Commit[] {
    return readCommits(this.sandbox);
  }

  /** `git status`, one porcelain line each, every untracked file named. */
  status(): string[] {
    const lines = this.git('status', '--porcelain', '-uall').split('\n');
    return lines.filter((line) => line !== '');
  }

  git(...args: string[]): string {
    return gitIn(this.sandbox, args);
  }

  /** Names, modes and contents of the workspace without git's and the program's own folders. */
  treeHash(): string {
    return hashFolder(this.workspace, ['.git', '.autoloop']);
  }

  read(name: string): string {
    return readFileSync(path.join(this.workspace, name), 'utf8');
  }

  write(name: string, text: string): void {
    const file = path.join(this.workspace, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  }

  /** Copies a tree into the workspace, for instance a saved state folder. */
  copyIn(from: string, to: string): void {
    cpSync(from, path.join(this.workspace, to), { recursive: true, verbatimSymlinks: true });
  }

  /** Throws when a promise I1 to I9 of the fault list does not hold, as far as it can be seen from outside. */
  async checkPromises(options: PromiseOptions = {}): Promise<void> {
    const broken = await brokenPromises(this.sandbox, this.#starts, options);
    if (broken.length > 0) throw new Error(broken.join('\n'));
  }

  /** Everything that happened in this rig, for a person. */
  report(): string {
    return (
      this.#lastReport ??
      reportOn(
        this.sandbox,
        this.#starts.map(({ running, finished }) => ({ running, finished })),
      )
    );
  }

  /** Ends what is left of the rig's processes and removes its folder. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#lastReport = this.report();
    for (const { pid } of this.leftovers()) kill(pid);
    for (let left = processesMarked(this.sandbox.mark); left.length > 0; left = processesMarked(this.sandbox.mark)) {
      for (const { pid } of left) kill(pid);
    }
    await this.#remote.close();
    rmSync(this.sandbox.root, { recursive: true, force: true, maxRetries: 5 });
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It went by itself.
  }
}
