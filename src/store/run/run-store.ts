import { createHash } from 'node:crypto';
import path from 'node:path';
import type { EventBody, RunEvent } from '../../core/events.ts';
import { parseTimestamp } from '../../core/time.ts';
import type { Scope } from '../../core/vocabulary.ts';
import type { RunStore } from '../../run/store-port.ts';
import { artifactStore } from './artifacts.ts';
import { changedSince } from './changed-since.ts';
import { decisionsLedger } from './decisions.ts';
import type { StateDisk } from '../disk/disk.ts';
import { isThere } from '../../files/door.ts';
import { filesBelow } from '../../files/folders.ts';
import type { EventLog } from '../log/event-log.ts';
import { guardPath } from '../disk/guard.ts';
import { openJson, saveJson } from '../disk/json-files.ts';
import { KeptFiles } from '../disk/kept-files.ts';
import { relativeTo, type RunLayout, runLayout } from '../layout.ts';
import type { KeptCopy } from '../disk/kept-copy.ts';
import { appendRawLog } from './raw-log.ts';
import { redactedCopies } from './redacted-copies.ts';
import { sessionFrom } from './run-documents.ts';
import { turnDocuments } from './turn-documents.ts';

export interface RunStoreParts {
  readonly layout: RunLayout;
  readonly disk: StateDisk;
  readonly log: EventLog;
  readonly now: () => Date;
  readonly warn: (text: string) => void;
  readonly keptRequest: KeptCopy | null;
  readonly keptTask: KeptCopy | null;
}

/** The store of a run whose files exist and have been mended. */
export async function runStore(parts: RunStoreParts): Promise<RunStore> {
  const { layout, disk, log, now, warn } = parts;
  const documents = turnDocuments(disk, layout.turns);
  const kept = new KeptFiles(disk);
  const request = (await kept.read(layout.request)) ?? '';
  await kept.read(layout.metadata);
  const task = await kept.read(layout.task.metadata);
  const mirrors: StateDisk = { ...disk, replace: (file, text) => disk.mirror(file, text) };
  /** run.json and the sessions say nothing that the log does not. */
  const save = async (file: string, document: object) => kept.keep(file, await saveJson(mirrors, file, document));
  const guarded = (file: string) => guardPath(layout.task.state, file);
  let turnStarted: number | null = null;

  return {
    files: layout,
    request,
    taskFolder: layout.task.relative,
    opened: log.opened,
    decisions: decisionsLedger(disk, layout.decisions, { runId: layout.runId, now }),
    artifacts: artifactStore(disk, layout),
    async append(body) {
      guarded(layout.run); // A link in the place of the log itself is not followed: the log takes its place again.
      if (body.event_type === 'turn_started' || body.event_type === 'question') guarded(layout.turns); // An agent's output goes there next.
      const event = await appended(parts, body, task);
      if (event.event_type === 'turn_started') turnStarted = parseTimestamp(event.ts);
      return event;
    },
    saveRunMetadata: (metadata) => save(layout.metadata, metadata),
    saveSession: (name, session) => save(layout.session(name), session),
    async readSession(name) {
      guarded(layout.session(name));
      const { document, warning } = await openJson(layout.session(name), now());
      if (warning !== null) warn(warning);
      return document === null ? null : sessionFrom(document);
    },
    appendRawLog: (entry) => appendRawLog(disk, layout, entry),
    keep: (kind, document) => documents.keep(kind, document),
    digest: (document) => sha256(typeof document === 'string' ? document : `${JSON.stringify(document)}\n`),
    saveReport: (name, text) => disk.replace(path.join(layout.run, name), text),
    recall: (name, runId = layout.runId) => turnDocuments(disk, runLayout(layout.task, runId).turns).recall(name),
    redactedCopies: redactedCopies(layout.workspace),
    bookkeeping: (scope) => bookkeeping(layout, scope).map((file) => relativeTo(layout.workspace, file)),
    changedSince: (turnLog) => changedSince(layout, turnLog, turnStarted),
    async heal() {
      guarded(layout.run);
      const files = [...((await log.heal()) ? [layout.events] : []), ...(await kept.putBack())];
      return files.map((file) => relativeTo(layout.workspace, file));
    },
  };
}

/** Agents work from the opening of the run to its end: what they may have changed where nobody saw it is kept elsewhere for so long. */
async function appended(
  { log, keptTask, keptRequest }: RunStoreParts,
  body: EventBody,
  task: string | null,
): Promise<RunEvent> {
  if (body.event_type === 'run_started' || body.event_type === 'run_resumed') keptTask?.keep(task);
  const event = await log.append(body);
  if (event.event_type === 'run_finished') keptTask?.drop();
  if (event.event_type === 'run_finished' && event.status === 'success') keptRequest?.drop();
  return event;
}

/** The files that the loop itself writes, as far as they exist. */
function bookkeeping(layout: RunLayout, scope: Scope | null): readonly string[] {
  const { task, metadata, events, rawLog, request, decisions, sessions } = layout;
  const files = [task.metadata, task.rawLog, task.decisions, metadata, events, rawLog, request, decisions];
  const artifacts = scope === null ? [] : committable(layout.artifactDir(scope));
  return [...files.filter((file) => isThere(file, 'file')), ...committable(sessions), ...artifacts];
}

function committable(folder: string): readonly string[] {
  return filesBelow(folder, (name) => !name.endsWith('.tmp') && !/\.(?:corrupt|torn|aside)-/.test(name));
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
