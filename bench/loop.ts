import { fillSandbox, gitIn, type RigOptions, type Sandbox } from '../test/support/sandbox.ts';
import { agentsAlone, forgetCalls, turnLength, turnStarts } from './agents.ts';
import { type Timed, timed } from './execute.ts';
import { traced, watched } from './instruments.ts';
import type { Program } from './programs.ts';
import type { FigureShown, Figures, Scenario, Setting } from './scenario.ts';
import { median } from './statistics.ts';

const MANY_FILES = 200;
const WITH_GIT = ['--intent', 'Build it'];
const WITHOUT_GIT = [...WITH_GIT, '--no-git'];

const TIMES: readonly FigureShown[] = [
  { key: 'total', label: 'all turns, from start to exit', unit: 's' },
  { key: 'first', label: 'until the first turn', unit: 'ms' },
  { key: 'turn', label: 'a turn', unit: 'ms' },
  { key: 'agent', label: 'a turn, the agent alone', unit: 'ms' },
];
const WRITES: readonly FigureShown[] = [
  { key: 'syncs', label: 'waits for the disk (fsync) per turn', unit: '' },
  { key: 'bytes', label: 'written under .autoloop per turn', unit: 'bytes' },
];
const PEAK: FigureShown = { key: 'peak', label: 'peak memory', unit: 'MB', atMost: 150 };

/** Plan, then implement and test for each phase, then audit: a producer and a verifier each, all content at once. */
function turnsOf({ sizes }: Setting): number {
  return 2 + 4 * sizes.phases + 2;
}

/** What the loop itself costs: no git, and agents that answer at once. */
export function withoutGit(setting: Setting): Scenario {
  return {
    name: 'plain',
    title: `A run of ${turnsOf(setting)} turns without git`,
    rounds: 1,
    figures: [...TIMES, { key: 'overhead', label: 'a turn beyond the agent', unit: 'ms', atMost: 8 }, ...WRITES, PEAK],
    async prepare(program) {
      const fresh = () => newPlace(setting, { git: false });
      return {
        round: () => timesOfRun(fresh(), program, { args: WITHOUT_GIT, turns: turnsOf(setting) }),
        async once() {
          const { peakMb } = await watched(program, WITHOUT_GIT, fresh());
          return { peak: peakMb, ...writesOfRun(fresh(), program, { args: WITHOUT_GIT, turns: turnsOf(setting) }) };
        },
      };
    },
  };
}

/** What checkpoints cost in a small repository, and whether that grows with what the agents change. */
export function withGit(setting: Setting): Scenario {
  const turns = turnsOf(setting);
  return {
    name: 'git',
    title: `A run of ${turns} turns with git`,
    rounds: 1,
    figures: [
      ...TIMES,
      { key: 'overhead', label: 'a turn beyond the agent', unit: 'ms' },
      { key: 'gits', label: 'git processes per turn', unit: '', atMost: 4 },
      { key: 'growth', label: `more of them when a turn changes ${MANY_FILES} files`, unit: '', atMost: 0 },
      ...WRITES,
      PEAK,
    ],
    async prepare(program) {
      const fresh = () => newPlace(setting, {});
      return {
        round: () => timesOfRun(fresh(), program, { args: WITH_GIT, turns }),
        async once() {
          const { gits, peakMb } = await watched(program, WITH_GIT, fresh());
          const many = await watched(program, WITH_GIT, newPlace(setting, { script: manyFiles() }));
          const growth = (many.gits - gits) / turns;
          return {
            gits: gits / turns,
            growth,
            peak: peakMb,
            ...writesOfRun(fresh(), program, { args: WITH_GIT, turns }),
          };
        },
      };
    },
  };
}

/** What checkpoints cost where git itself is slow, in units of a plain `git status` of the same minute. */
export function largeRepository(setting: Setting): Scenario {
  const turns = turnsOf(setting);
  return {
    name: 'large',
    title: `The same in a repository of ${setting.sizes.files.toLocaleString('en')} files`,
    rounds: 1,
    figures: [
      { key: 'status', label: 'a plain git status', unit: 'ms' },
      ...TIMES,
      { key: 'overhead', label: 'a turn beyond the agent', unit: 'ms' },
      { key: 'inStatus', label: 'a turn beyond the agent, in git status', unit: 'x', atMost: 3 },
      { key: 'gits', label: 'git processes per turn', unit: '', atMost: 4 },
      ...WRITES,
      PEAK,
    ],
    async prepare(program) {
      const place = newPlace(setting, { files: manySources(setting.sizes.files) });
      const first = gitIn(place, ['rev-parse', 'HEAD']).trim();
      const asNew = () => {
        gitIn(place, ['reset', '-q', '--hard', first]);
        gitIn(place, ['clean', '-qffdx']);
        forgetCalls(place);
        gitIn(place, ['status']); // Brings the index up to date with what the reset wrote.
      };
      return {
        round() {
          asNew();
          const status = median(Array.from({ length: 5 }, () => timed(GIT, ['status'], place).ms));
          const times = timesOfRun(place, program, { args: WITH_GIT, turns });
          return { ...times, status, inStatus: times.overhead / status };
        },
        async once() {
          asNew();
          const { gits, peakMb } = await watched(program, WITH_GIT, place);
          asNew();
          return { gits: gits / turns, peak: peakMb, ...writesOfRun(place, program, { args: WITH_GIT, turns }) };
        },
      };
    },
  };
}

const GIT: Program = { name: 'git', file: 'git', args: [] };

function newPlace(setting: Setting, options: RigOptions): Sandbox {
  const phases = Array.from({ length: setting.sizes.phases }, (_, at) => `phase-${at + 1}`);
  return fillSandbox(setting.folder(), { ...options, script: { phases, ...options.script } });
}

interface Run {
  readonly args: readonly string[];
  readonly turns: number;
}

/** A turn is from the start of its agent to the start of the next one: neither start-up nor the end of the run is in it. */
function timesOfRun(place: Sandbox, program: Program, { args, turns }: Run) {
  const { ms, startedAt }: Timed = timed(program, args, place);
  const starts = turnStarts(place, turns);
  const turn = turnLength(starts);
  const agent = agentsAlone(place);
  return { total: ms / 1000, first: (starts[0] ?? 0) - startedAt, turn, agent, overhead: turn - agent };
}

function writesOfRun(place: Sandbox, program: Program, { args, turns }: Run): Figures {
  const seen = traced(program, args, place);
  if (seen === null) return { syncs: null, bytes: null };
  return { syncs: seen.syncs / turns, bytes: seen.bytes / turns };
}

/** Every producer of a phase writes so many files of its own. */
function manyFiles(): NonNullable<RigOptions['script']> {
  const rules = (['implement', 'test'] as const).map((pair) => {
    const names = Array.from({ length: MANY_FILES }, (_, at) => `${pair}/\${phase}/${at}.txt`);
    return { pair, role: 'producer' as const, write: Object.fromEntries(names.map((name) => [name, '${phase}\n'])) };
  });
  return { rules };
}

/** A hundred folders, as a project of that size has. */
function manySources(length: number): Record<string, string> {
  const names = Array.from({ length }, (_, at) => `lib/${at % 100}/module-${at}.txt`);
  return Object.fromEntries(names.map((name) => [name, `${name}\n`]));
}
