import { setTimeout as delay } from 'node:timers/promises';
import { viewRun } from '../inspect/run-view.ts';
import type { FoundRun } from '../store/tasks/lookup.ts';

/** How long a command may take to be taken before it is said to be kept. */
const TAKEN_WITHIN_MS = 5_000;
const LOOK_MS = 100;

/**
 * What became of a command: `taken`, as an event of the run says; `left`: no process works on the run that could take it, also where one
 * was just ending when it was sent; `kept`: the run takes it later.
 */
export async function fateOf(workspace: string, run: FoundRun, id: string): Promise<'taken' | 'left' | 'kept'> {
  for (const end = Date.now() + TAKEN_WITHIN_MS; ;) {
    const { known, standing } = await viewRun(workspace, run);
    if (known.state.commands.includes(id)) return 'taken';
    if (standing !== 'running') return 'left';
    if (Date.now() >= end) return 'kept';
    await delay(LOOK_MS);
  }
}
