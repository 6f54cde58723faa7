import * as z from 'zod';
import { RUN_STATUSES } from '../core/vocabulary.ts';
import type { StatusDocument } from '../inspect/status-document.ts';
import type { TaskDocument } from '../inspect/task-document.ts';
import type { WaitDocument } from '../inspect/wait-document.ts';

/*
 * The documents of docs/json.md as schemas, for agents that ask for them. A schema that says something else than its document does not
 * compile. They are loose: keys may be added to a version.
 */

const text = z.string().nullable();
const count = z.number().nullable();
const version = z.literal(1);

const usage = z.looseObject({
  turns: z.number(),
  duration_ms: z.number(),
  input_tokens: count,
  cached_input_tokens: count,
  output_tokens: count,
  reasoning_tokens: count,
  cost_usd: count,
});

const pair = z.enum(['plan', 'implement', 'test', 'audit']);
const role = z.enum(['producer', 'verifier']);
const status = z.enum([...RUN_STATUSES, 'starting', 'running', 'crashed', 'not_started']);

const waiting = z
  .looseObject({ kind: z.enum(['question', 'approval', 'limit']), since: text, until: text, sha256: text })
  .nullable();

const question = z
  .looseObject({ seq: z.number(), pair, phase_id: text, role, text: z.string(), answer_command: text })
  .nullable();

const position = z.looseObject({
  pair,
  phase_id: text,
  cycle: z.number(),
  max_cycles: z.number(),
  attempt: z.number(),
  role: role.nullable(),
  turn: count,
  provider: text,
  model: text,
  since: text,
});

const activity = z.looseObject({
  at: z.string(),
  kind: z.enum(['command', 'file', 'message', 'notice', 'output', 'event']),
  text,
});

const files = z.looseObject({
  run: z.string(),
  request: text,
  events: text,
  raw_log: text,
  decisions: text,
  diagnostics: text,
  turn_log: text,
  artifacts: z.array(z.string()),
});

const amount = z.looseObject({ files: z.number(), added: z.number(), removed: z.number() }).nullable();

const commits = z
  .looseObject({ count: z.number(), baseline: z.string(), chain_baseline: text, first: z.string(), last: z.string() })
  .nullable();

const end = z
  .looseObject({
    audit: text,
    changes: amount,
    chain_changes: amount,
    commits,
    answered: z.number(),
    gap_report: text,
    blocked: z.looseObject({ text, feedback: text }).nullable(),
    left_uncommitted: z.array(z.string()),
    merge_command: text,
  })
  .nullable();

/** `autoloop status --json`. */
export const STATUS = z.looseObject({
  version,
  workspace: z.string(),
  task_id: z.string(),
  run_id: z.string(),
  root: z.enum(['autoloop', 'superloop']),
  status,
  since: text,
  reason: text,
  doubt: text,
  exit_code: count,
  created_at: text,
  process: z.looseObject({ pid: z.number(), host: z.string(), since: z.string() }).nullable(),
  position: position.nullable(),
  last_activity: activity.nullable(),
  limit_until: text,
  waiting,
  pending: z.array(z.looseObject({ id: z.string(), kind: z.string(), at: z.string(), by: z.string() })),
  limits: z.looseObject({ max_turns: count, max_minutes: count, max_cost_usd: count }),
  question,
  resume_command: text,
  pairs: z.array(pair),
  completed: z.array(z.looseObject({ pair: z.string(), phase_id: text })),
  phases: z.array(z.looseObject({ phase_id: z.string(), status: z.string() })),
  usage: usage.extend({ by_pair: z.partialRecord(pair, usage) }),
  chain: z.looseObject({ parent_run_id: text, followup_run_id: text, depth: z.number(), usage }),
  end,
  files,
}) satisfies z.ZodType<StatusDocument>;

const latestRun = z.looseObject({
  run_id: z.string(),
  status: z.enum([...RUN_STATUSES, 'starting', 'running', 'crashed', 'not_started', 'unreadable']),
  reason: text,
  last_event_at: text,
  waits_for: z.enum(['question', 'approval']).nullable(),
  resume_command: text,
});

/** `autoloop --list-tasks --json`. */
export const TASKS = z.looseObject({
  version,
  tasks: z.array(
    z.looseObject({
      task_id: z.string(),
      root: z.enum(['autoloop', 'superloop']),
      created_at: text,
      runs: z.number(),
      latest_run: latestRun.nullable(),
      batch: text,
      resumable: z.boolean(),
    }),
  ),
}) satisfies z.ZodType<TaskDocument>;

/** `autoloop wait --json`. */
const WAIT = z.looseObject({
  version,
  task_id: z.string(),
  run_id: z.string(),
  place: z.number(),
  status,
  need: z.enum(['question', 'approval', 'ended', 'crashed', 'not_started']).nullable(),
  reason: text,
  exit_code: z.number(),
  waiting,
  question,
  resume_command: text,
}) satisfies z.ZodType<WaitDocument>;

/** The same, with what happened in the run since the place that the caller knows. */
export const WAITED = WAIT.extend({ happened: z.array(z.string()) });

/** A text of a run, cut where it is longer than an answer may be. */
export const EXCERPT = z.looseObject({ version, run_id: z.string(), text: z.string(), is_cut: z.boolean() });

/** What came of an order: its id while it waits for the run (null: it was done at once), and that in words. */
export const SENT = z.looseObject({ version, run_id: z.string(), id: text, text: z.string() });

/** A run that was started; `output` is the file with what its process prints. */
export const STARTED = z.looseObject({ version, task_id: z.string(), run_id: z.string(), output: z.string() });
