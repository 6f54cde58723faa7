import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Problem } from '../core/problem.ts';
import type { StopRequest } from '../run/ports.ts';
import { stateFiles } from '../store/layout.ts';
import { type LockProcess, lockRefusal } from '../store/holder.ts';
import { acquireLock, holderText, type LockRequest, type WorkspaceLock } from '../store/lock.ts';
import { isAlive, processIdentity } from '../supervision/identity.ts';
import { processTable } from '../supervision/platform.ts';
import { Interrupted } from './interrupted.ts';
import { enterRegister, refuseNested } from './register.ts';

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
 * workspace's own, beside an entry in the machine's register. git knows nothing of them, and is never kept waiting. Rejects with a Problem of kind `busy` that names who works here.
 */
export async function lockWorkTree(locked: Locked): Promise<WorkspaceLock> {
  const { workspace, gitFolder } = locked;
  const request = requestOf(locked);
  refuseNested(workspace); // Before anything is written.
  const locks: WorkspaceLock[] = [];
  try {
    if (gitFolder !== null) locks.push(await acquireLock(path.join(gitFolder, 'autoloop.lock'), request));
    locks.push(await acquireLock(stateFiles(workspace).lock, request));
    locks.push(inRegister(request));
    refuseNested(workspace); // Of two at the same time, each has the other's name before it looks.
    return allOf(locks);
  } catch (error) {
    await allOf(locks).release();
    throw error;
  }
}

/** This process in the register of the machine, as long as it holds its locks. */
function inRegister(request: LockRequest): WorkspaceLock {
  let entered = request.runId;
  let leave = enterRegister(request.workspace, holderText(request));
  const release = () => {
    leave();
    return Promise.resolve();
  };
  const renew = (runId: string) => {
    if (runId === entered) return Promise.resolve();
    leave();
    entered = runId;
    leave = enterRegister(request.workspace, holderText({ ...request, runId }));
    return Promise.resolve();
  };
  return { renew, release, [Symbol.asyncDispose]: release };
}

/** Takes one lock, for what is over soon. Rejects with a Problem of kind `busy`. */
export function lockFor(file: string, locked: Omit<Locked, 'gitFolder'>): Promise<WorkspaceLock> {
  return acquireLock(file, requestOf({ ...locked, gitFolder: null }));
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

/** Renewed in their order, given free in the other one. */
function allOf(locks: readonly WorkspaceLock[]): WorkspaceLock {
  const release = async () => {
    for (const lock of locks.toReversed()) await lock.release();
  };
  return {
    async renew(runId) {
      for (const lock of locks) await lock.renew(runId);
    },
    release,
    [Symbol.asyncDispose]: release,
  };
}
