import { replay } from '../../../src/core/apply.ts';
import type { RunEvent } from '../../../src/core/events.ts';
import { formatRunId } from '../../../src/core/ids.ts';
import { Problem } from '../../../src/core/problem.ts';
import type { RunState } from '../../../src/core/state.ts';
import type { Settings } from '../../../src/core/settings.ts';
import { providerOf, type Role, type RunStatus } from '../../../src/core/vocabulary.ts';
import type { Approval } from '../../../src/run/ports.ts';
import { sentenceOf } from '../../../src/inspect/sentences.ts';
import type { RunEnd } from '../../../src/run/drive.ts';
import { runChain } from '../../../src/work/chain.ts';
import { newRun, recordedRun, type RunName } from '../../../src/work/planned-run.ts';
import type { Io, OpenWorkspace } from '../../../src/work/ports.ts';
import { actor } from './agents.ts';
import { bench, type Tested } from './bench.ts';
import { Disk } from './disk.ts';
import { type Fault, Kill, Operations } from './operations.ts';
import { repository } from './repository.ts';
import type { Script } from './script.ts';
import { createRun, runFolder, runStore, WORKSPACE } from './store.ts';

/** What happens in a world: the settings, the agents' script, and a person. */
export interface Story {
  readonly settings: Settings;
  readonly script: Script;
  /** What the check of the project finds; by default nothing is checked. */
  readonly tested?: Tested;
  /** The person has no work of their own under way; by default there is some. */
  readonly isTidy?: boolean;
  /** The person's answer, the `nth` that the log will have, from 1; null: nobody is there. */
  readonly answer?: (question: string, nth: number) => string | null;
  /** What the person says when the plan is put before them the `nth` time; by default nobody is there. */
  readonly approval?: (nth: number) => Approval;
}

/** One start of the program, to its end. */
export interface Started {
  /** The process was killed; then there is no status. */
  readonly killed: boolean;
  readonly status: RunStatus | null;
  readonly reason: string | null;
  /** Of the last run, as the program has it in memory; null when it did not come that far. */
  readonly state: RunState | null;
  readonly operations: number;
  /** The operation that failed. */
  readonly struck: string | null;
  /** Everything that was shown. */
  readonly said: readonly string[];
}

export interface StartOptions {
  readonly fault?: Fault;
  /** In place of the story's. */
  readonly settings?: Settings;
  /** Which run is named to resume; the first one by default. */
  readonly from?: 'first' | 'last';
  /** Called after every write, with the operation's name and number, and what has been shown so far. */
  readonly wrote?: (operation: string, count: number, said: readonly string[]) => void;
  /** Given with the start. */
  readonly instruction?: string;
  readonly answer?: string;
}

interface Process {
  readonly disk: Disk;
  readonly story: Story;
  readonly settings: Settings;
  readonly operations: Operations;
  readonly stop: AbortController;
  readonly said: string[];
}

/** A workspace as the person of the story has it before the first start. */
export function newDisk({ isTidy = false }: Pick<Story, 'isTidy'>): Disk {
  const disk = new Disk();
  for (const path of ['README.md', 'mine.txt']) disk.put(path, `${path} of the user\n`);
  if (!isTidy) disk.commit('the user begins', [], ['README.md', 'mine.txt']);
  for (const [path, text] of OF_THE_USER) disk.put(path, text);
  if (isTidy) disk.commit('the user begins', [], [...disk.files.keys()]);
  return disk;
}

/** Files that are the user's business, and what the user has in them. */
export const OF_THE_USER: ReadonlyMap<string, string> = new Map([
  ['mine.txt', 'an edit of the user\n'],
  ['notes.txt', 'untracked notes of the user\n'],
]);

/** Starts the program on this disk: a new chain of runs, or the resume of the one that is there. */
export async function start(disk: Disk, story: Story, options: StartOptions = {}): Promise<Started> {
  const stop = new AbortController();
  const { fault = null, settings = story.settings, wrote } = options;
  const said: string[] = [];
  const operations: Operations = new Operations(fault, stop, (name) => wrote?.(name, operations.count, [...said]));
  const process = { disk, story, settings, operations, stop, said };
  const runs = [...disk.logs.keys()];
  const runId = (options.from === 'last' ? runs.at(-1) : runs[0]) ?? nextRunId(disk);
  try {
    const workspace = openWorkspace(process);
    const first = await planned(workspace, process, { taskId: 'demo', runId }, options);
    const { end } = await runChain(workspace, first, io(process));
    if (!operations.dead) return ended(operations, said, end);
  } catch (error) {
    if (error instanceof Problem) {
      const { count, struck } = operations;
      return {
        killed: false,
        status: 'fatal_error',
        reason: error.message,
        state: null,
        operations: count,
        struck,
        said,
      };
    }
    if (!(error instanceof Kill)) throw error;
  }
  const { count, struck } = operations;
  return { killed: true, status: null, reason: null, state: null, operations: count, struck, said };
}

function ended({ count, struck }: Operations, said: readonly string[], end: RunEnd): Started {
  const left = end.leftUncommitted.map((path) => `left uncommitted: ${path}`);
  const { status, reason, state } = end;
  return { killed: false, status, reason, state, operations: count, struck, said: [...said, ...left] };
}

/** The state that the log of the nth run of the chain implies. */
export function stateOf(disk: Disk, nth = 0): RunState {
  return replay([...disk.logs.values()][nth] ?? []);
}

/** As `--resume` or a start would plan it. */
async function planned(workspace: OpenWorkspace, { settings }: Process, name: RunName, given: StartOptions) {
  const recorded = await workspace.recorded(name);
  if (recorded === null) return newRun(name, { settings, create: { request: 'build it' } });
  const { answer = null, instruction = null } = given;
  return recordedRun(name, recorded, { answer, instruction });
}

function openWorkspace(process: Process): OpenWorkspace {
  const { disk, story, settings, operations } = process;
  const git = repository(disk, operations, settings.runtime.commitEverything);
  return {
    folder: WORKSPACE,
    git: { ...git, ignoreState: () => Promise.resolve('visible') },
    programs: {},
    clock: {
      now: () => new Date((disk.time += 10)),
      sleep(ms) {
        disk.time += ms;
        return Promise.resolve();
      },
    },
    newRunId: () => nextRunId(disk),
    async openRun({ runId, settings: resolved, create }, narrator) {
      await createRun(disk, operations, { runId, request: create?.request ?? '', settings: resolved });
      return { store: runStore(disk, operations, runId), narrator, warnings: [] };
    },
    inbox: () => ({
      read: () =>
        operations.look('look into the inbox', () => ({
          commands: [...disk.inbox.values()].sort((a, b) => (a.id < b.id ? -1 : 1)),
          unreadable: [],
        })),
      drop: (id) => operations.write('drop a command', () => void disk.inbox.delete(id)),
    }),
    agents({ provider }, runId) {
      const agent = (role: Role) =>
        actor({ disk, operations, script: story.script, runId, provider: providerOf(provider.roles[role].name) });
      return Promise.resolve({ producer: agent('producer'), verifier: agent('verifier') });
    },
    recorded({ runId }) {
      const state = replay(disk.logs.get(runId) ?? []);
      return Promise.resolve(state.at === 'unborn' ? null : { state, settings, changedSettings: [] });
    },
    ...(story.tested === undefined
      ? {}
      : { checks: () => Promise.resolve(bench(disk, operations, story.tested ?? (() => ({})))) }),
    revisedRequest: ({ runId }) =>
      Promise.resolve(disk.files.get(`${runFolder(runId)}/artifacts/audit/revised_request.md`) ?? null),
    nameUncovered: () => Promise.resolve(),
  };
}

function io({ disk, story, operations, stop, said }: Process): Io {
  const say = (text: string) => void said.push(text);
  const silent = () => undefined;
  const tell = (event: RunEvent) => {
    const sentence = sentenceOf(event);
    if (sentence?.isLive === true) say(sentence.text);
  };
  return {
    line: silent,
    warn: say,
    narrator: () => ({ event: tell, line: say, warn: say, turnBegins: silent, activity: silent, turnEnds: silent }),
    isAttended: false,
    asker: {
      async ask(question) {
        const answer = await operations.write('ask', () => {
          disk.asked.push(question);
          return story.answer?.(question, answersIn(disk) + 1) ?? null;
        });
        return answer === null ? { kind: 'none' } : { kind: 'answer', text: answer };
      },
      approve: async () =>
        operations.write('ask for approval', () => {
          disk.asked.push('approve?');
          return story.approval?.(disk.asked.filter((asked) => asked === 'approve?').length) ?? { kind: 'none' };
        }),
    },
    environment: { home: WORKSPACE, env: {} },
    stop: stop.signal,
    hurry: new AbortController().signal,
  };
}

export function answersIn(disk: Disk): number {
  const events = [...disk.logs.values()].flat();
  return events.filter((event) => event.event_type === 'clarified' && event.clarification.question !== null).length;
}

function nextRunId(disk: Disk): string {
  disk.ids += 1;
  return formatRunId(new Date((disk.time += 1000)), disk.ids.toString(16).padStart(8, '0'));
}
