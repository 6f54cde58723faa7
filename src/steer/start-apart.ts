import { mkdir, readdir, realpath, rm } from 'node:fs/promises';
import path from 'node:path';
import { machineFolder } from '../files/places.ts';
import { viewRun } from '../inspect/run-view.ts';
import type { SeenWorkspace } from '../inspect/task-summary.ts';
import { findRun, type FoundRun } from '../store/tasks/lookup.ts';
import { launchApart } from './apart.ts';

export interface StartApart {
  /** Where it is started; its run may get a work tree beside it. */
  readonly seen: Pick<SeenWorkspace, 'workspace' | 'elsewhere' | 'homeOf'>;
  readonly intent: string;
  /** Null: it follows from the intent. */
  readonly taskId: string | null;
  /** A comma list; null: as configured. */
  readonly pairs: string | null;
  /** Null: as configured. */
  readonly approvePlan: boolean | null;
}

/** Of starts, what they printed is kept so often. */
const MOST_KEPT = 20;

/**
 * Starts a new run in a process and a session of its own, which outlives us. Resolves with the run once it has begun, and the file that
 * has what it prints. Rejects with a Problem with the program's last words where it refuses.
 */
export async function startApart(request: StartApart): Promise<{ readonly run: FoundRun; readonly output: string }> {
  const { seen, intent, taskId, pairs, approvePlan } = request;
  const { workspace } = seen;
  const output = await outputFile(workspace);
  const args = [
    ...['--intent', '-'],
    ...(taskId === null ? [] : ['--task-id', taskId]),
    ...(pairs === null ? [] : ['--pairs', pairs]),
    ...(approvePlan === null ? [] : [approvePlan ? '--approve-plan' : '--no-approve-plan']),
  ];
  const placeOf = (id: string) => seen.homeOf(id);
  const find = (id: string) => findRun({ workspace: placeOf(id), taskId: null, runId: id }).catch(() => null);
  const runId = await launchApart({
    workspace,
    args,
    input: intent,
    output,
    places: () => [workspace, ...seen.elsewhere().map((tree) => tree.workspace)],
    hasBegun: async (id) => {
      const found = await find(id); // Until its folder is there, there is no such run.
      return found !== null && (await viewRun(placeOf(id), found)).known.state.seq > 0;
    },
  });
  return { run: await findRun({ workspace: placeOf(runId), taskId: null, runId }), output };
}

/** A new file of the machine-only state; the oldest ones are removed. */
async function outputFile(workspace: string): Promise<string> {
  const wanted = path.join(machineFolder(workspace), 'started');
  await mkdir(wanted, { recursive: true, mode: 0o700 });
  const folder = await realpath(wanted); // A home may be reached through a link.
  const names = (await readdir(folder)).sort();
  for (const name of names.slice(0, Math.max(0, names.length - MOST_KEPT + 1))) await rm(path.join(folder, name));
  return path.join(folder, `${String(Date.now()).padStart(15, '0')}-${process.pid}.out`);
}
