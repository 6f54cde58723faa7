import * as z from 'zod';
import { historyOf } from '../history/checkpoints.ts';
import { rangeOf } from '../history/choose.ts';
import { difference, lookInto } from '../history/repository.ts';
import { excerptOfRun, excerptOfTurn, happenedSince } from '../inspect/excerpts.ts';
import { chooseRun, logOf, viewRun } from '../inspect/run-view.ts';
import { statusDocument } from '../inspect/status-document.ts';
import { taskDocument } from '../inspect/task-document.ts';
import { waitDocument } from '../inspect/wait-document.ts';
import { waitForRun } from '../inspect/wait-for-run.ts';
import { readEventsOnly } from '../store/log/event-log.ts';
import { EXCERPT, STATUS, TASKS, WAITED } from './documents.ts';
import { READS, type Served, tool } from './tool.ts';

/** Of a text that an answer holds, in bytes. */
const MOST_BYTES = 50 * 1024;
/** Of an answer that git is asked for: tools answer within 50 s. */
const WITHIN_MS = 40_000;

const runId = z.string().optional().describe('run id; default: the run at work, else the latest');
const turn = z.int().min(1).optional().describe('number of a turn; default: the whole run');

/** What changes nothing. */
export const LOOK_TOOLS = [
  tool({
    name: 'autoloop_status',
    description: 'Where a run stands: status, position, last activity, usage, what it waits for.',
    input: z.strictObject({ run_id: runId }),
    output: STATUS,
    annotations: READS,
    run: async ({ run_id }, served) => {
      const { workspace, run } = await found(served, run_id);
      return statusDocument(workspace, await viewRun(workspace, run));
    },
  }),
  tool({
    name: 'autoloop_tasks',
    description: 'The tasks of the workspace, each with its latest run; with a run, its task alone.',
    input: z.strictObject({ run_id: z.string().optional().describe('run id; default: all tasks') }),
    output: TASKS,
    annotations: READS,
    run: async ({ run_id }, served) => {
      const { tasks, ...document } = await taskDocument(served.workspace, served.elsewhere());
      if (run_id === undefined) return { ...document, tasks };
      const { run } = await found(served, run_id);
      return { ...document, tasks: tasks.filter(({ task_id }) => task_id === run.taskId) };
    },
  }),
  tool({
    name: 'autoloop_wait',
    description:
      'Waits until a run needs somebody (a question, a plan to approve) or ends, at most the given seconds. Call it again with the place that it gave, as `after`, instead of asking for the status again and again.',
    input: z.strictObject({
      run_id: runId,
      after: z.int().min(0).optional().describe('the place of an earlier answer: what was told then is no news'),
      seconds: z.int().min(1).max(45).describe('at most 45; call again to wait longer'),
    }),
    output: WAITED,
    annotations: READS,
    run: async ({ run_id, after, seconds }, served) => waited(served, { run_id, after: after ?? null, seconds }),
  }),
  tool({
    name: 'autoloop_log',
    description:
      'What happened in a run, the end of it first where it is long; of one turn what its agent did and said.',
    input: z.strictObject({ run_id: runId, turn }),
    output: EXCERPT,
    annotations: READS,
    run: async ({ run_id, turn: number }, served) => {
      const { workspace, run } = await found(served, run_id);
      const excerpt =
        number === undefined
          ? await excerptOfRun(workspace, run, MOST_BYTES)
          : await excerptOfTurn(workspace, run, number, MOST_BYTES);
      return { version: 1 as const, run_id: run.runId, ...excerpt };
    },
  }),
  tool({
    name: 'autoloop_diff',
    description: 'What a run, or one turn of it, changed in the repository, as a patch.',
    input: z.strictObject({ run_id: runId, turn }),
    output: EXCERPT,
    annotations: READS,
    run: async ({ run_id, turn: number }, served) => {
      const { workspace, run } = await found(served, run_id);
      const history = historyOf(await readEventsOnly(logOf(workspace, run)));
      const range = rangeOf(history, { turn: number ?? null, from: null });
      const bounds = { mostBytes: MOST_BYTES + 1, withinMs: WITHIN_MS };
      const patch = await lookInto(workspace, (git) => difference(git, range, { stat: false, bounds }));
      const is_cut = patch.length > MOST_BYTES;
      const text = `${patch.toString('utf8', 0, MOST_BYTES)}${is_cut ? CUT : ''}`;
      return { version: 1 as const, run_id: run.runId, text, is_cut };
    },
  }),
];

const CUT = '\n[cut here: `autoloop diff` prints all of it]\n';

/**
 * The run that a tool means, and the workspace that has it; `runId` undefined: the one at work, else the latest. Rejects with a Problem
 * when there is none.
 */
export async function found({ homeOf }: Served, runId: string | undefined) {
  const workspace = homeOf(runId ?? null);
  return { workspace, run: await chooseRun({ workspace, taskId: null, runId: runId ?? null }) };
}

async function waited(
  served: Served,
  { run_id, after, seconds }: { run_id: string | undefined; after: number | null; seconds: number },
) {
  const { workspace, run } = await found(served, run_id);
  const enough = AbortSignal.any([served.stop, AbortSignal.timeout(seconds * 1_000)]);
  const end = await waitForRun({ workspace, run, after, stop: enough });
  const last = end.view.found;
  // Of a follow-up the caller knows nothing yet.
  const since = last.runId === run.runId ? (after ?? 0) : 0;
  return { ...waitDocument(workspace, end), happened: [...happenedSince(workspace, last, since)] };
}
