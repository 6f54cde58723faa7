import { isRunId } from '../core/ids.ts';
import { Problem } from '../core/problem.ts';
import type { SeenWorkspace } from '../inspect/task-summary.ts';
import { findRun, type FoundRun } from '../store/tasks/lookup.ts';
import type { CommandAnswer, CommandRequest } from './documents.ts';
import { HubRun } from './hub-run.ts';
import { RunHub } from './run-hub.ts';
import { TasksHub } from './tasks-hub.ts';
import type { Watched } from './watched.ts';

/** Runs that nobody looks at are let go of beyond so many. */
const MOST_HUBS = 8;

export interface WorkspaceWatchOptions {
  readonly seen: SeenWorkspace;
  readonly isReadOnly: boolean;
  readonly command: (runId: string, request: CommandRequest) => Promise<CommandAnswer>;
}

/** Watches the runs of one workspace, and of the work trees that its tasks have, for the page's server. */
export function watchWorkspace({ seen, isReadOnly, command }: WorkspaceWatchOptions): Watched {
  const { workspace } = seen;
  const hubs = new Hubs(seen);
  const list = new TasksHub(seen);
  return {
    tasks: async () => ({ version: 1, workspace, tasks: await list.look() }),
    followTasks: (tell) => list.follow(tell),
    run: async (runId) => new HubRun(await hubs.of(runId), isReadOnly),
    command,
    close: () => {
      list.close();
      hubs.close();
    },
  };
}

/** The runs that are looked at, each read by one hub. */
class Hubs {
  readonly #seen: SeenWorkspace;
  readonly #open = new Map<string, Promise<RunHub>>();

  constructor(seen: SeenWorkspace) {
    this.#seen = seen;
  }

  /** Rejects with a Problem when there is no such run. */
  async of(runId: string): Promise<RunHub> {
    if (!isRunId(runId)) throw new Problem('usage', 'that has not the form of a run id');
    const known = this.#open.get(runId) ?? this.#opened(runId);
    // The one that was asked for last is the last to be let go of.
    this.#open.delete(runId);
    this.#open.set(runId, known);
    try {
      const hub = await known;
      await this.#letGo();
      return hub;
    } catch (error) {
      if (this.#open.get(runId) === known) this.#open.delete(runId);
      throw error;
    }
  }

  close(): void {
    for (const hub of this.#open.values()) {
      void hub.then(
        (one) => one.close(),
        () => undefined, // There is nothing to close.
      );
    }
  }

  async #opened(runId: string): Promise<RunHub> {
    const workspace = this.#seen.homeOf(runId);
    return new RunHub(workspace, await foundRun(workspace, runId));
  }

  /** A hub that is let go of goes on for whoever still has it. */
  async #letGo(): Promise<void> {
    for (const [id, opened] of [...this.#open]) {
      if (this.#open.size <= MOST_HUBS) return;
      const hub = await opened.catch(() => null);
      if (hub?.isRead !== true) this.#open.delete(id);
    }
  }
}

/** To a page a run that is not there is an address that leads nowhere, not a word that it got wrong. */
async function foundRun(workspace: string, runId: string): Promise<FoundRun> {
  try {
    return await findRun({ workspace, taskId: null, runId });
  } catch (error) {
    throw error instanceof Problem ? new Problem('state', error.message) : error;
  }
}
