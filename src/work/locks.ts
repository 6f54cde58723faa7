import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Problem } from '../core/problem.ts';
import { timeText } from '../core/time-text.ts';
import { isThere } from '../files/door.ts';
import type { StopRequest } from '../run/ports.ts';
import { stateFiles } from '../store/layout.ts';
import { holderOf, type LockProcess, lockRefusal } from '../store/holder.ts';
import { acquireLock, type LockRequest, type WorkspaceLock } from '../store/lock.ts';
import { isAlive, processIdentity } from '../supervision/identity.ts';
import { processTable } from '../supervision/platform.ts';
import { Interrupted } from './interrupted.ts';

export interface Locked {
  readonly workspace: string;
  readonly runId: string;
  /** The work tree's own git folder; null without git, and before the repository is made. */
  readonly gitFolder: string | null;
  /** Ends the wait for a sign of life of whoever holds it: `Interrupted`. */
  readonly stop?: AbortSignal;
}

/**
 * Takes the locks of a work tree: one in its git folder, so that two folders of one repository exclude each other, and the
 * workspace's own. git knows nothing of either, and is never kept waiting. Rejects with a Problem of kind `busy` that names who works here.
 */
export async function lockWorkTree(locked: Locked): Promise<WorkspaceLock> {
  const { workspace, gitFolder } = locked;
  const request = requestOf(locked);
  refuseAbove(workspace);
  const git = gitFolder === null ? null : await acquireLock(path.join(gitFolder, 'autoloop.lock'), request);
  try {
    const own = await acquireLock(stateFiles(workspace).lock, request);
    return git === null ? own : both(git, own);
  } catch (error) {
    await git?.release();
    throw error;
  }
}

/** Takes one lock, for what is over soon. Rejects with a Problem of kind `busy`. */
export function lockFor(file: string, locked: Omit<Locked, 'gitFolder'>): Promise<WorkspaceLock> {
  return acquireLock(file, requestOf({ ...locked, gitFolder: null }));
}

/**
 * Without a repository a workspace may lie in another one: whoever works there is found by the lock above. Throws a Problem of kind
 * `busy`.
 */
export function refuseAbove(workspace: string): void {
  for (let folder = path.dirname(workspace); folder !== path.dirname(folder); folder = path.dirname(folder)) {
    const { lock } = stateFiles(folder);
    const holder = isThere(lock, 'file') ? holderOf(lock) : null;
    if (holder === null || !isAlive(holder)) continue;
    const { pid, run_id: runId, since } = holder;
    throw new Problem(
      'busy',
      `busy: pid ${pid}, run ${runId} since ${timeText(since)} in ${folder}, which this workspace lies in`,
      'Wait for it to end, or stop it with Ctrl-C in its terminal.',
    );
  }
}

/** See `lockRefusal`. */
export function heldRefusal(file: string, workspace: string): Problem | null {
  return lockRefusal(file, requestOf({ workspace, runId: '', gitFolder: null }));
}

/** This process, as others can ask about it. */
export function thisProcess(): LockProcess {
  const identity = processIdentity(process.pid) ?? { pid: process.pid, start: '', boot: '' };
  const { pidNamespace } = processTable.epoch();
  return { ...identity, pidNamespace };
}

function requestOf({ workspace, runId, stop }: Locked): LockRequest {
  return {
    self: thisProcess(),
    host: os.hostname(),
    runId,
    workspace,
    now: new Date(),
    isAlive,
    sleep: (ms) => sleepUnless(stop, ms),
  };
}

async function sleepUnless(stop: AbortSignal | undefined, ms: number): Promise<void> {
  try {
    await sleep(ms, undefined, stop === undefined ? {} : { signal: stop });
  } catch (error) {
    throw stop?.aborted === true ? new Interrupted((stop.reason as StopRequest).signal) : error;
  }
}

function both(git: WorkspaceLock, own: WorkspaceLock): WorkspaceLock {
  const release = async () => {
    await own.release();
    await git.release();
  };
  return {
    async renew(runId) {
      await git.renew(runId);
      await own.renew(runId);
    },
    release,
    [Symbol.asyncDispose]: release,
  };
}
