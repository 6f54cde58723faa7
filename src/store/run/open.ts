import path from 'node:path';
import type { RunStore } from '../../run/store-port.ts';
import type { FileOperations } from '../../files/operations.ts';
import { cacheFolder } from '../../files/places.ts';
import { stateDisk } from '../disk/disk.ts';
import type { StateDisk } from '../disk/disk.ts';
import { openEventLog } from '../log/event-log.ts';
import { type Attestation, type HeadFolders, LogHead } from '../log/head.ts';
import { foreignFiles, guardPath } from '../disk/guard.ts';
import { peekJson } from '../disk/json-files.ts';
import { runLayout, stateFiles, taskFiles } from '../layout.ts';
import type { RunLayout } from '../layout.ts';
import { requestFileText } from './run-documents.ts';
import { keptRequest, keptTask } from '../disk/kept-copy.ts';
import { createRunFolder, ignoreLocalFiles, mendRunMetadata, removeTemporaryFiles } from './run-folder.ts';
import type { NewRun } from './run-folder.ts';
import { runStore } from './run-store.ts';
import { mendTask } from '../tasks/task.ts';

export interface OpenRunOptions {
  /** Absolute. */
  readonly workspace: string;
  readonly taskId: string;
  readonly runId: string;
  /** What the run begins with; null opens one that exists. */
  readonly create: Omit<NewRun, 'now'> | null;
  readonly now: () => Date;
  /** For what is noticed while the run goes on. */
  readonly warn: (text: string) => void;
  /** Where the machine keeps what no agent may steer; absent: nothing vouches for the log. */
  readonly machine?: string | null | undefined;
  /** The operator takes the log as it is (`--trust-log`). */
  readonly trustLog?: boolean | undefined;
  /** A test's own, to make one of them fail. */
  readonly ops?: FileOperations;
}

/**
 * Opens a run's folder for writing; the caller holds the workspace's lock. What had to be moved aside or mended is said in
 * `warnings`. Rejects with a Problem of kind `state`: a bad line in the log, a link out of the state, a disk that refuses.
 */
export async function openRunStore(options: OpenRunOptions): Promise<{ store: RunStore; warnings: readonly string[] }> {
  const { workspace, taskId, runId, create, now, ops, machine = null, trustLog: trust } = options;
  const layout = runLayout(taskFiles(stateFiles(workspace), taskId), runId);
  const disk = stateDisk(layout.task.state, ops);
  const warnings: string[] = [];
  const foreign = foreignFiles(layout.task.state);
  if (foreign.length > 0) {
    warnings.push(
      `${layout.task.state.folder} holds files of another program, which are left alone: ${foreign.join(', ')}`,
    );
  }
  for (const place of writtenLater(layout)) guardPath(layout.task.state, place);
  removeTemporaryFiles(layout);
  if (create === null) await ignoreLocalFiles(disk, layout.task.state);
  else await createRunFolder(disk, layout, { ...create, now: now() });
  const head = machine === null ? undefined : new LogHead(headFolders(workspace, machine), runId);
  const { log, warning, attestation } = await openEventLog({
    ...{ file: layout.events, runId, now, ops, warn: options.warn, head, trust },
  });
  const noticed = head === undefined || log.opened.at === 'unborn' ? [] : noticedIn(attestation);
  warnings.push(...noticed.map(({ detail }) => `${layout.events}: ${detail}`));
  if (warning !== null) warnings.push(warning);
  warnings.push(...(await mendRunMetadata(disk, layout, { log, now: now() })));
  const ofTask = machine === null ? null : keptTask(layout.task, machine);
  if (trust === true) ofTask?.drop();
  if (create === null) {
    warnings.push(...((await ofTask?.restore(disk, now())) ?? []), ...(await mendTask(disk, layout.task, now())));
  }
  const isDone = log.opened.finished?.status === 'success'; // Nothing goes on from its request.
  const ofRequest = machine === null || isDone ? null : keptRequest(layout, headFolders(workspace, machine).inUse);
  const isTaken = trust === true || attestation !== 'attested';
  const mended = isTaken ? null : await ofRequest?.restore(disk, now());
  warnings.push(...(mended ?? []), ...(await mendRequest(disk, layout)));
  ofRequest?.keep(await disk.read(layout.request));
  const store = await runStore({
    ...{ layout, disk, log, now, warn: options.warn },
    ...{ keptRequest: ofRequest, keptTask: ofTask },
  });
  return { store: { ...store, noticed }, warnings };
}

function headFolders(workspace: string, machine: string): HeadFolders {
  return {
    inUse: path.join(machine, 'runs'),
    finished: path.join(cacheFolder(workspace), 'finished-runs', path.basename(machine)),
  };
}

/** What belongs in the log of how it was found. */
function noticedIn(attestation: Attestation): NonNullable<RunStore['noticed']> {
  if (attestation === 'attested') return [];
  if (attestation === 'unknown') {
    return [
      {
        kind: 'unattested',
        detail: 'nothing on this machine tells whether it is as it was written; it was taken as it is',
      },
    ];
  }
  return [
    {
      kind: 'log_trusted',
      detail: `it differs from line ${attestation.line} on from what was written; it was taken by --trust-log`,
    },
  ];
}

/** A link out of the state is refused now rather than after a turn that was paid for. */
function writtenLater({ task, ...run }: RunLayout): readonly string[] {
  const { turns, artifacts, sessions, events, diagnostics, metadata, request, rawLog, decisions } = run;
  const ofRun = [turns, artifacts, sessions, events, diagnostics, metadata, request, rawLog, decisions];
  return [...ofRun, task.metadata, task.rawLog];
}

/** A run whose request.md is gone gets the task's request. */
async function mendRequest(disk: StateDisk, layout: RunLayout): Promise<readonly string[]> {
  if ((await disk.read(layout.request)) !== null) return [];
  const request = (await peekJson(layout.task.metadata))?.request_text;
  await disk.create(layout.request, requestFileText(typeof request === 'string' ? request : null));
  return [`${layout.request} was missing; the task's request was put there`];
}
