import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import type { RunEvent } from '../../../src/core/events.ts';
import { FILES, type FileOperations, type OpenFile } from '../../../src/files/operations.ts';
import { stateDisk } from '../../../src/store/disk/disk.ts';
import { runLayout, stateFiles, taskFiles } from '../../../src/store/layout.ts';
import { openRunStore } from '../../../src/store/run/open.ts';
import type { OpenRunOptions } from '../../../src/store/run/open.ts';
import { newSession } from '../../../src/core/session.ts';

export const NOW = new Date('2026-11-23T18:49:54.258Z');
export const TS = '2026-11-23T18:49:54.258000+00:00';
export const RUN = 'run-20261123T184954Z-0a1b2c3d';

/** A folder that is removed when the test ends. */
export function temporaryFolder(): string {
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'autoloop-store-')));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** The paths of a run `RUN` of the task `demo` in a new workspace, and a disk to reach them. */
export function workspace(ops?: FileOperations) {
  const folder = temporaryFolder();
  const state = stateFiles(folder);
  const task = taskFiles(state, 'demo');
  return { folder, state, task, run: runLayout(task, RUN), disk: stateDisk(state, ops) };
}

export function created(overrides: { request?: string | null } = {}): NonNullable<OpenRunOptions['create']> {
  return {
    request: 'Build the thing',
    provider: 'codex',
    session: newSession('codex', TS),
    ...overrides,
  };
}

/** Opens the run `RUN` of `demo` in `folder`; what is said later is in `said`. */
export async function openStore(folder: string, options: Partial<OpenRunOptions> = {}) {
  const said: string[] = [];
  const opened = await openRunStore({
    workspace: folder,
    taskId: 'demo',
    runId: RUN,
    create: created(),
    now: () => NOW,
    warn: (text) => said.push(text),
    ...options,
  });
  return { ...opened, said };
}

export type Operation = 'open' | 'rename' | 'write' | 'sync' | 'datasync' | 'truncate';

/** Real file operations of which those that `fails` picks reject with `code`. */
export function failing(code: string, fails: (operation: Operation, file: string) => boolean): FileOperations {
  const check = (operation: Operation, file: string) => {
    if (fails(operation, file)) throw Object.assign(new Error(`${code}: injected`), { code });
  };
  const watched = (file: string, handle: OpenFile): OpenFile => {
    // No test loses power: the syncs themselves are left out, which makes thousands of writes affordable.
    const sync = (operation: 'sync' | 'datasync') => () => {
      check(operation, file);
      return Promise.resolve();
    };
    return {
      ...handle,
      sync: sync('sync'),
      datasync: sync('datasync'),
      async truncate(length) {
        check('truncate', file);
        return handle.truncate(length);
      },
      // A full disk takes a part first, as a real one does.
      write: async (bytes, at) => {
        if (!fails('write', file)) return handle.write(bytes, at);
        await handle.write(bytes.subarray(0, Math.ceil(bytes.length / 2)), 0);
        throw Object.assign(new Error(`${code}: injected`), { code });
      },
    };
  };
  return {
    rm: (file) => FILES.rm(file),
    async rename(from, to) {
      check('rename', to);
      return FILES.rename(from, to);
    },
    async open(file, flags, mode) {
      check('open', file);
      return watched(file, await FILES.open(file, flags, mode));
    },
    async openFolder(folder) {
      check('open', folder);
      return watched(folder, await FILES.openFolder(folder));
    },
  };
}

/** Real file operations that never fail and do not wait for the disk. */
export const UNSYNCED: FileOperations = failing('EIO', () => false);

/** The lines of a log with `count` events, as this program writes them. */
export function logText(count: number, padding = ''): string {
  return Array.from({ length: count }, (_, index) => {
    const place = { ts: TS, run_id: RUN, seq: index + 1 };
    const event: RunEvent = { ...place, event_type: 'noticed', kind: 'k', detail: `d é ${index}${padding}` };
    return `${JSON.stringify(event)}\n`;
  }).join('');
}
