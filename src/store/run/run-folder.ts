import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { runIdTime } from '../../core/ids.ts';
import { formatTimestamp } from '../../core/time.ts';
import { type ProviderName, providerOf } from '../../core/vocabulary.ts';
import type { RunMetadata } from '../../run/store-port.ts';
import type { SessionRecord } from '../../core/session.ts';
import { syncFolder } from '../../files/replace.ts';
import type { StateDisk } from '../disk/disk.ts';
import { filesBelow, listFolder, remove, rename } from '../../files/folders.ts';
import { diskProblem, isErrno } from '../../files/disk-problem.ts';
import type { EventLog } from '../log/event-log.ts';
import { guardPath } from '../disk/guard.ts';
import { jsonText, openJson, saveJson } from '../disk/json-files.ts';
import { relativeTo } from '../layout.ts';
import type { RunLayout, StateFiles } from '../layout.ts';
import { runRawLogHeader } from './raw-log.ts';
import { requestFileText } from './run-documents.ts';

export interface NewRun {
  /** Null: nobody gave one. Trimmed here. */
  readonly request: string | null;
  readonly provider: ProviderName;
  /** The session that the plan pair begins with. */
  readonly session: SessionRecord;
  readonly now: Date;
}

/**
 * Creates the files that every run has from its start (docs/state.md). The folder appears under its name with request.md
 * in it, never without; whatever else a crash prevented is created when this is called again. Nothing that exists is changed.
 */
export async function createRunFolder(disk: StateDisk, layout: RunLayout, run: NewRun): Promise<void> {
  await ignoreLocalFiles(disk, layout.task.state);
  if ((await disk.read(layout.request)) === null) await createWithRequest(disk, layout, requestFileText(run.request));
  const metadata = runMetadata(layout, run.provider, formatTimestamp(run.now));
  const mirrors = [
    [layout.metadata, jsonText(metadata)],
    [layout.session('plan'), jsonText(run.session)],
    [layout.rawLog, runRawLogHeader(layout.runId)],
    [layout.decisions, ''],
  ] as const;
  await disk.createAll(new Map(mirrors));
  await disk.create(layout.events, '');
}

/**
 * Looks at the run.json of a run that is opened: an unreadable one is kept aside, and one with the run's own facts takes
 * its place; its phases follow with the next `saveRunMetadata`. Resolves with warnings.
 */
export async function mendRunMetadata(
  disk: StateDisk,
  layout: RunLayout,
  { log, now }: { readonly log: EventLog; readonly now: Date },
): Promise<readonly string[]> {
  guardPath(disk.state, layout.metadata); // Before anything is moved.
  const { document, warning } = await openJson(layout.metadata, now);
  if (document !== null) return [];
  const created = log.firstAt ?? formatTimestamp(new Date(runIdTime(layout.runId) ?? now.getTime()));
  const provider = providerOf(log.opened.run.settings?.provider.name ?? 'codex');
  await saveJson(disk, layout.metadata, runMetadata(layout, provider, created));
  return [...(warning === null ? [] : [warning]), `${layout.metadata} was rebuilt from the run's log`];
}

/** `.autoloop/.gitignore`: what no commit, of an agent or a person, may take up. Lines that somebody added stay. */
export async function ignoreLocalFiles(disk: StateDisk, state: StateFiles): Promise<void> {
  const text = (await disk.read(state.gitignore)) ?? '';
  const lines = new Set(text.split(/\r?\n/));
  const missing = IGNORED.filter((line) => !lines.has(line));
  if (missing.length === 0) return;
  const head = text === '' || text.endsWith('\n') ? text : `${text}\n`;
  const wanted = `${head}${missing.join('\n')}\n`;
  // What is our own alone is made again where a power cut takes it.
  await (text === '' ? disk.mirror(state.gitignore, wanted) : disk.replace(state.gitignore, wanted));
}

const IGNORED = [
  '.gitignore',
  'lock',
  '*.tmp',
  'turns/',
  '/batch/',
  'diagnostics.log',
  '*.torn-*',
  '*.corrupt-*',
  '*.aside-*',
  '*.processes',
] as const;

async function createWithRequest(disk: StateDisk, layout: RunLayout, request: string): Promise<void> {
  const { runs } = layout.task;
  const draft = path.join(runs, `${layout.runId}.${randomBytes(4).toString('hex')}.tmp`);
  await disk.replace(path.join(draft, 'request.md'), request);
  try {
    rename(draft, layout.run);
    await syncFolder(runs);
  } catch (error) {
    // A folder with other files, of a release that made them in another order: it gets its request where it is.
    if (!isErrno(error) || !['ENOTEMPTY', 'EEXIST', 'EPERM'].includes(error.code))
      throw diskProblem(error, layout.run, 'written');
    await disk.create(layout.request, request);
  }
  removeDrafts(runs);
}

/**
 * Removes the temporary files that a kill left in a run, its task and beside the tasks: each is a draft of a file that is whole. The
 * workspace's lock keeps others from making one meanwhile, but for the draft of a lock by a process that is just being refused.
 */
export function removeTemporaryFiles({ run, task }: RunLayout): void {
  const below = filesBelow(run, isTemporary);
  const beside = temporaryIn(task.folder);
  const above = temporaryIn(task.state.folder).filter((file) => !isOfLivingProcess(file));
  for (const file of [...below, ...beside, ...above]) remove(file);
}

/** Removes the drafts that processes which died left in a folder, but not below it. Throws where the disk refuses. */
export function removeDraftsIn(folder: string): void {
  for (const file of temporaryIn(folder)) if (!isOfLivingProcess(file)) remove(file);
}

function temporaryIn(folder: string): string[] {
  const files = listFolder(folder).filter(({ name, kind }) => kind === 'file' && isTemporary(name));
  return files.map(({ name }) => path.join(folder, name));
}

const isTemporary = (name: string) => TEMPORARY.test(name);

/** The names that `replaceFile` gives: the file's, the process, a random part. */
const TEMPORARY = /\.(\d+)-[0-9a-f]{8}\.tmp$/;

/** Another one than this process, which has none under way yet. */
function isOfLivingProcess(file: string): boolean {
  const pid = Number(TEMPORARY.exec(file)?.[1]);
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return isErrno(error) && error.code === 'EPERM'; // another user's
  }
}

/** What crashes left: drafts never held anything but a copy of a request. The workspace's lock keeps others from making one. */
function removeDrafts(runs: string): void {
  for (const { name } of listFolder(runs)) if (/^run-.*\.[0-9a-f]{8}\.tmp$/.test(name)) remove(path.join(runs, name));
}

function runMetadata(layout: RunLayout, provider: ProviderName, createdAt: string): RunMetadata {
  return {
    run_id: layout.runId,
    created_at: createdAt,
    request_file: relativeTo(layout.workspace, layout.request),
    artifacts_dir: relativeTo(layout.workspace, layout.artifacts),
    provider,
  };
}
