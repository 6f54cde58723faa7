import path from 'node:path';
import { isRunId, runIdTime } from '../../core/ids.ts';
import { formatTimestamp } from '../../core/time.ts';
import type { IntentMode } from '../../core/vocabulary.ts';
import { inOrder } from './dating.ts';
import { type KeptCopy, keptTask } from '../disk/kept-copy.ts';
import type { StateDisk } from '../disk/disk.ts';
import { lookAt } from '../../files/door.ts';
import { listFolder } from '../../files/folders.ts';
import { firstEvent } from '../log/log-reader.ts';
import { guardPath } from '../disk/guard.ts';
import { openJson, parseObject, peekJson, saveJson } from '../disk/json-files.ts';
import type { JsonObject } from '../disk/json-files.ts';
import type { TaskFiles } from '../layout.ts';
import { TASK_RAW_LOG_HEADER } from '../run/raw-log.ts';
import { ownValue } from '../../core/own-value.ts';
import { requestIn } from '../run/run-documents.ts';

/** task.json (docs/state.md). Timestamps are ISO 8601; the request is trimmed and never empty. */
export interface TaskRecord {
  readonly task_id: string;
  readonly created_at: string;
  readonly request_text: string | null;
  readonly request_updated_at: string | null;
}

export interface TaskRequest {
  /** What the operator asks for now; null: nothing new. */
  readonly intent: string | null;
  readonly mode: IntentMode;
  readonly now: Date;
  /** Absent: nothing vouches for what the task has. */
  readonly kept?: KeptCopy;
}

export interface OpenedTask {
  readonly task: TaskRecord;
  readonly created: boolean;
  /** The task had a request, and the mode `preserve` left the intent without effect. */
  readonly intentUnused: boolean;
  readonly warnings: readonly string[];
}

/**
 * Creates the task's files or opens them, and applies the intent to its request. An unreadable task.json is kept aside and
 * rebuilt from the task's runs. Rejects with a Problem of kind `state`.
 */
export async function openTask(disk: StateDisk, files: TaskFiles, asked: TaskRequest): Promise<OpenedTask> {
  guardPath(disk.state, files.metadata); // Before anything is moved.
  const mended = (await asked.kept?.restore(disk, asked.now)) ?? [];
  const { document, warning } = await openJson(files.metadata, asked.now);
  const known = document ?? {};
  const past = typeof known.created_at === 'string' ? null : await rebuild(disk, files);
  const before: TaskRecord = {
    task_id: files.taskId,
    created_at: textOf(known, 'created_at') ?? past?.createdAt ?? formatTimestamp(asked.now),
    request_text: textOf(known, 'request_text') ?? past?.request ?? null,
    request_updated_at: textOf(known, 'request_updated_at'),
  };
  const { task, intentUnused } = await withIntent(before, asked, () => isWorkedOn(disk, files, before.request_text));
  await saveJson(disk, files.metadata, task, RUN_SCOPED_KEYS);
  asked.kept?.drop(); // What was kept of it is older now.
  const ledgers = [
    [files.rawLog, TASK_RAW_LOG_HEADER],
    [files.decisions, ''],
  ] as const;
  await disk.createAll(new Map(ledgers));
  const rebuilt = past === null ? [] : [`${files.metadata} was rebuilt from the task's runs`];
  return {
    task,
    created: document === null && past === null,
    intentUnused,
    warnings: [...mended, ...(warning === null ? [] : [warning]), ...rebuilt],
  };
}

/** The request that a task has; null where there is none, or no task. Changes nothing. */
export async function storedRequest(files: TaskFiles): Promise<string | null> {
  guardPath(files.state, files.metadata);
  const kept = keptTask(files).read();
  return textOf((kept === null ? await peekJson(files.metadata) : parseObject(kept)) ?? {}, 'request_text');
}

/** Rebuilds the task.json of a run that is opened where it is unreadable or gone. Resolves with warnings. */
export async function mendTask(disk: StateDisk, files: TaskFiles, now: Date): Promise<readonly string[]> {
  guardPath(disk.state, files.metadata);
  if ((await peekJson(files.metadata)) !== null) return [];
  return (await openTask(disk, files, { intent: null, mode: 'preserve', now })).warnings;
}

/** The ids of a task's runs, in no order. Rejects with a Problem of kind `state` when they may not be read. */
export function runIdsOf(files: TaskFiles): readonly string[] {
  return listFolder(files.runs)
    .map(({ name }) => name)
    .filter(isRunId);
}

/** Keys that older releases left in task.json and that belong to a run. */
const RUN_SCOPED_KEYS = [
  'phase_plan_path',
  'phase_plan_version',
  'active_phase_selection',
  'phase_status',
  'phase_history',
] as const;

async function withIntent(
  before: TaskRecord,
  { intent, mode, now }: TaskRequest,
  isWorked: () => Promise<boolean>,
): Promise<{ task: TaskRecord; intentUnused: boolean }> {
  const asked = intent?.trim() ?? '';
  const stored = before.request_text;
  if (asked === '') return { task: before, intentUnused: false };
  const ts = formatTimestamp(now);
  // The same command is given again where a start was broken off before there was a run.
  const isAgain = mode === 'append' && stored !== null && endsWith(stored, asked) && !(await isWorked());
  if (isAgain) return { task: before, intentUnused: false };
  const request =
    stored === null || mode === 'replace'
      ? asked
      : mode === 'append'
        ? `${stored}\n\n## Run Intent (${ts})\n${asked}`
        : stored;
  const intentUnused = mode === 'preserve' && request !== asked;
  if (request === stored) return { task: before, intentUnused };
  return { task: { ...before, request_text: request, request_updated_at: ts }, intentUnused };
}

function endsWith(stored: string, asked: string): boolean {
  if (!stored.endsWith(asked)) return false;
  const above = stored.slice(0, -asked.length);
  return above === '' || /\n\n## Run Intent \([^)\n]*\)\n$/.test(above);
}

/** Whether a run of the task has this request. */
async function isWorkedOn(disk: StateDisk, files: TaskFiles, request: string | null): Promise<boolean> {
  for (const id of runIdsOf(files)) {
    if (requestIn(await disk.read(path.join(files.runs, id, 'request.md'))) === request) return true;
  }
  return false;
}

/**
 * What the task's runs tell about it; null without runs. It was created with its first run; its request is that of the
 * newest run that is no follow-up, because a follow-up works on a revised request of its own.
 */
async function rebuild(
  disk: StateDisk,
  files: TaskFiles,
): Promise<{ createdAt: string; request: string | null } | null> {
  const ids = inOrder(files, runIdsOf(files)).map(({ runId }) => runId);
  const [first] = ids;
  if (first === undefined) return null;
  let request: string | null = null;
  for (const id of ids) {
    const event = firstEvent(path.join(files.runs, id, 'events.jsonl'));
    if (typeof event?.parent_run_id === 'string') continue;
    request = requestIn(await disk.read(path.join(files.runs, id, 'request.md'))) ?? request;
  }
  const folder = path.join(files.runs, first);
  const event = firstEvent(path.join(folder, 'events.jsonl'));
  const started = runIdTime(first) ?? lookAt(folder)?.changedMs ?? 0;
  return { createdAt: textOf(event ?? {}, 'ts') ?? formatTimestamp(new Date(started)), request };
}

function textOf(document: JsonObject, key: string): string | null {
  const value = ownValue(document, key);
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : null;
}
