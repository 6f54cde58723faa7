import os from 'node:os';
import type { StateFiles } from '../store/layout.ts';
import { type Holder, holderOf, type LockProcess } from '../store/holder.ts';
import { isAlive } from '../supervision/identity.ts';
import { processTable } from '../supervision/platform.ts';

/** Who holds the lock of a workspace. */
export interface LockHolder {
  readonly pid: number;
  readonly host: string;
  readonly runId: string;
  /** ISO 8601. */
  readonly since: string;
  /** Whether exactly this process still runs; null: it is another machine's, and cannot be seen from here. */
  readonly alive: boolean | null;
}

/** Null: nobody holds it, or what stands there names nobody. Neither takes nor changes the lock. */
export function lockHolder(state: StateFiles): Promise<LockHolder | null> {
  const lock = holderOf(state.lock);
  if (lock === null) return Promise.resolve(null);
  const { pid, host, run_id: runId, since } = lock;
  return Promise.resolve({ pid, host, runId, since, alive: isSeen(lock) ? isAlive(lock) : null });
}

/** Whether exactly this process runs, and on this machine. */
export function isHere(process: LockProcess): boolean {
  const { boot, pidNamespace } = processTable.epoch();
  return process.boot === boot && process.pidNamespace === pidNamespace && isAlive(process);
}

function isSeen({ host, boot, pidNamespace }: Holder): boolean {
  if (pidNamespace === '') return host === os.hostname(); // a lock of an older release
  const here = processTable.epoch();
  return boot === here.boot && pidNamespace === here.pidNamespace;
}
