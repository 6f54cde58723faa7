import * as z from 'zod';
import type { ToolAnnotations } from '@modelcontextprotocol/sdk/types.js';
import { sendAndGoOn } from '../steer/send-on.ts';
import type { Order } from '../steer/send.ts';
import { startApart } from '../steer/start-apart.ts';
import { SENT, STARTED } from './documents.ts';
import { found } from './look-tools.ts';
import { CHANGES, type Tool, tool } from './tool.ts';

const run_id = z.string().optional().describe('run id; default: the run at work, else the latest');
const text = z.string().min(1);

/** What starts, tells or stops a run. */
export const STEER_TOOLS: readonly Tool[] = [
  tool({
    name: 'autoloop_start',
    description:
      'Starts a run of many turns, which may take hours and costs what its agents cost, in a process of its own. Ask the user before. Then autoloop_wait.',
    input: z.strictObject({
      intent: text.describe("the user's whole request, in their words"),
      task_id: z.string().min(1).optional().describe('a short name; default: from the request'),
      pairs: z
        .string()
        .min(1)
        .optional()
        .describe('a comma list of plan, implement, test, audit; default: as configured'),
      approve_plan: z.boolean().optional().describe('whether a person approves the plan before anything is built'),
    }),
    output: STARTED,
    annotations: CHANGES,
    run: async ({ intent, task_id: taskId = null, pairs = null, approve_plan: approvePlan = null }, seen) => {
      const { run, output } = await startApart({ seen, intent, taskId, pairs, approvePlan });
      return { version: 1 as const, task_id: run.taskId, run_id: run.runId, output };
    },
  }),
  order('note', 'Tells the next turn of a run something.', z.strictObject({ run_id, text })),
  order('pause', 'Lets a run pause after the turn that goes on.', z.strictObject({ run_id })),
  order('stop', 'Stops a run now: the turn that goes on is lost, its edits are kept.', z.strictObject({ run_id }), {
    ...CHANGES,
    destructiveHint: true,
  }),
  order('resume', 'Goes on with a run that stopped, in a process of its own.', z.strictObject({ run_id })),
  order(
    'answer',
    'Answers the question that a run waits with, and resumes it where it stopped. The question is the user’s to decide unless they left it to you.',
    z.strictObject({ run_id, text, for: z.string().optional().describe('the seq of the question that was read') }),
  ),
];

/** What decides on a plan: only where whoever set the server up allows it, since who starts a run must not approve its plan. */
export const APPROVE_TOOLS: readonly Tool[] = [
  order(
    'approve',
    'Approves the plan that a run waits with, and resumes it where it stopped.',
    z.strictObject({
      run_id,
      for: z.string().describe('the sha256 of the plan that was read, as autoloop_wait has it'),
    }),
  ),
  order(
    'reject',
    'Sends the plan that a run waits with back, and resumes it where it stopped.',
    z.strictObject({ run_id, text: text.describe('what must change'), for: z.string().optional() }),
  ),
];

/** The tool that sends an order of this kind. */
function order(
  kind: Order['kind'],
  description: string,
  input: z.ZodObject,
  annotations: ToolAnnotations = CHANGES,
): Tool {
  return tool({
    name: `autoloop_${kind}`,
    description,
    input,
    output: SENT,
    annotations,
    run: async (given: { run_id?: string; text?: string; for?: string }, served) => {
      const { workspace, run } = await found(served, given.run_id);
      const { text: said = null, for: seen = null } = given;
      const sent = await sendAndGoOn(workspace, run, { kind, text: said, for: seen, by: 'mcp' });
      return { version: 1 as const, run_id: run.runId, id: sent.id, text: sent.text };
    },
  });
}
