import { spentInChain } from '../../../src/core/bounds.ts';
import type { Settings } from '../../../src/core/settings.ts';
import { resolve } from '../../../src/config/resolve.ts';
import { drive, type Opening, type RunEnd } from '../../../src/run/drive.ts';
import type { Ports } from '../../../src/run/ports.ts';
import { agentIn, type Script } from './agents.ts';
import { Fate, Killed } from './failures.ts';
import { type Memory, newMemory } from './memory.ts';
import { repositoryIn } from './repository.ts';
import { storeIn } from './store.ts';

export interface WorldOptions {
  readonly script: Script;
  readonly phases?: readonly string[];
  readonly runtime?: Partial<Settings['runtime']>;
  /** Files that are there, uncommitted, before the run. */
  readonly files?: Readonly<Record<string, string>>;
  /** What a person answers; null: nobody is there. */
  readonly answer?: string | null;
}

/** A world in memory in which the loop runs for real: only its ports are played. */
export class World {
  readonly memory: Memory;
  readonly options: WorldOptions;
  readonly warnings: string[] = [];

  constructor(options: WorldOptions) {
    this.options = options;
    this.memory = newMemory(options.files);
  }

  get settings(): Settings {
    const { settings } = resolve([], {});
    return { ...settings, runtime: { ...settings.runtime, ...this.options.runtime } };
  }

  /** One start of the program on a run and the follow-ups it leads to. Null: it was killed. */
  async start(runId: string, fate: Fate = new Fate()): Promise<RunEnd | null> {
    const first: Opening = { ...OPENING, settings: this.settings };
    try {
      for (let run = { runId, opening: first }; ;) {
        const end = await drive(this.#ports(run.runId, fate), run.opening);
        if (end.followup === null) return end;
        const { depth } = end.followup;
        run = {
          runId: end.followup.runId,
          opening: { ...first, parentRunId: run.runId, depth, spentBefore: spentInChain(end.state) },
        };
      }
    } catch (error) {
      if (error instanceof Killed) return null;
      throw error;
    }
  }

  /** Starts until the work is done, at most `most` times. The first start meets its fate, the others go well. */
  async finish(fate: Fate, most = 6): Promise<RunEnd> {
    for (let start = 0; start < most; start += 1) {
      const end = await this.start('run-1', start === 0 ? fate : new Fate());
      if (end?.status === 'success') return end;
    }
    throw new Error(
      `not done after ${most} starts: ${JSON.stringify([...this.memory.runs.values()].map(({ log }) => log.at(-1)))}`,
    );
  }

  #ports(runId: string, fate: Fate): Ports {
    const { memory, options, warnings } = this;
    const { script, phases = ['a', 'b'], answer = null } = options;
    const agent = agentIn(memory, runId, { fate, script, phases });
    return {
      store: storeIn(memory, runId, fate),
      git: this.settings.runtime.useGit ? repositoryIn(memory, fate) : null,
      agents: { producer: agent, verifier: agent },
      asker: {
        ask: (question) =>
          fate.op(() => {
            memory.asked.push(question);
            return answer === null ? { kind: 'none' as const } : { kind: 'answer' as const, text: answer };
          }, false),
      },
      clock: { now: () => new Date((memory.time += 10)), sleep: () => Promise.resolve() },
      newRunId: () => `run-${(memory.ids += 1) + 1}`,
      stop: new AbortController().signal,
      narrator: {
        event: () => undefined,
        line: () => undefined,
        warn: (text) => void warnings.push(text),
        turnBegins: () => undefined,
        activity: () => undefined,
        turnEnds: () => undefined,
      },
    };
  }
}

const OPENING = {
  taskId: 't',
  parentRunId: null,
  depth: 0,
  spentBefore: null,
  programs: {},
  changedSettings: [],
  instruction: null,
};
