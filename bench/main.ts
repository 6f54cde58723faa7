import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { checks } from './checks.ts';
import { NoFigure } from './execute.ts';
import { list } from './list.ts';
import { largeRepository, withGit, withoutGit } from './loop.ts';
import { ours, peer, type Program } from './programs.ts';
import { resume } from './resume.ts';
import { type Figures, FULL, QUICK, type Scenario, type Setting, type Subject } from './scenario.ts';
import { start } from './start.ts';
import { watch } from './watch.ts';
import { type Measured, type Result, table } from './table.ts';
import { worktrees } from './worktrees.ts';

const USAGE = `npm run bench -- [--runs N] [--quick] [--only NAME]... [--peer COMMAND]

  --runs N        how often the timed runs are repeated (default 3; short ones four times as often)
  --quick         everything small and once: shows that the bench works, not how fast the program is
  --only NAME     one of start, list, plain, git, large, checks, worktrees, resume, watch
  --peer COMMAND  another program with the same options, measured in turn with ours
`;

/** Measures the built program with instant agents and prints one table. The exit code says nothing about the figures. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      runs: { type: 'string' },
      quick: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true, default: [] },
      peer: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help === true) return void process.stdout.write(USAGE);
  const root = realpathSync(mkdtempSync(path.join(tmpdir(), 'autoloop-bench-')));
  process.on('SIGINT', () => process.exit(130)).on('SIGTERM', () => process.exit(143));
  process.on('exit', () => rmSync(root, { recursive: true, force: true }));
  const setting: Setting = {
    sizes: values.quick ? QUICK : FULL,
    folder: () => mkdtempSync(path.join(root, 'place-')),
    program: ours(),
  };
  const runs = Number(values.runs ?? (values.quick ? 1 : 3));
  const programs = [setting.program, ...(values.peer === undefined ? [] : [peer(values.peer)])];
  const makers = [start, list, withoutGit, withGit, largeRepository, checks, worktrees, resume, watch];
  const scenarios = makers.map((make) => make(setting));
  const chosen = scenarios
    .filter(({ name }) => values.only.length === 0 || values.only.includes(name))
    .map((scenario) => (values.quick ? withoutTargets(scenario) : scenario));
  const measured: Measured[] = [];
  for (const scenario of chosen) {
    process.stderr.write(`${scenario.title} …\n`);
    measured.push(await measure(scenario, programs, runs));
  }
  process.stdout.write(`${table(measured)}\n${legend()}`);
}

/** They are set for the full sizes. */
function withoutTargets(scenario: Scenario): Scenario {
  return { ...scenario, figures: scenario.figures.map(({ key, label, unit }) => ({ key, label, unit })) };
}

function legend(): string {
  const processors = `${cpus().length} x ${cpus()[0]?.model ?? 'processor'}`;
  const load = loadavg().map((one) => one.toFixed(1));
  return `
Figures are medians of the runs. "ok at best": only the best run is on target, as on a machine that others load as well.
"-": this machine cannot tell. Waits for the disk need strace, memory needs /proc, the Python start needs python3.
${process.platform} ${process.arch}, ${processors}, load ${load.join(' ')}
`;
}

/** Every round lets the programs run one after the other, so that what else the machine does meets all of them alike. */
async function measure(scenario: Scenario, programs: readonly Program[], runs: number): Promise<Measured> {
  const trials: Trial[] = [];
  for (const program of programs) trials.push(await Trial.of(scenario, program));
  for (let round = 0; round < scenario.rounds * runs; round += 1) {
    for (const trial of trials) await trial.note((subject) => subject.round());
  }
  for (const trial of trials) await trial.note((subject) => subject.once());
  const [own, others] = trials.map((trial) => trial.result());
  if (own === undefined) throw new Error('there is no program to measure');
  return { scenario, ours: own, peer: others ?? null };
}

/** One program in one scenario. The first thing that it cannot do ends its trial, not the bench. */
class Trial {
  readonly #subject: Subject | null = null;
  readonly #values = new Map<string, number[]>();
  #failure: string | null = null;

  private constructor(subject: Subject | null, failure: string | null) {
    this.#subject = subject;
    this.#failure = failure;
  }

  static async of(scenario: Scenario, program: Program): Promise<Trial> {
    try {
      return new Trial(await scenario.prepare(program), null);
    } catch (error) {
      return new Trial(null, reasonOf(error));
    }
  }

  async note(measureIt: (subject: Subject) => Figures | Promise<Figures>): Promise<void> {
    if (this.#subject === null || this.#failure !== null) return;
    try {
      for (const [key, value] of Object.entries(await measureIt(this.#subject))) {
        if (value !== null) this.#values.set(key, [...(this.#values.get(key) ?? []), value]);
      }
    } catch (error) {
      this.#failure = reasonOf(error);
    }
  }

  result(): Result {
    return this.#failure === null ? this.#values : { failure: this.#failure };
  }
}

/** A program's failure is a result; anything else is a fault of the bench. */
function reasonOf(error: unknown): string {
  if (error instanceof NoFigure) return error.message;
  throw error;
}

await main();
