import os from 'node:os';
import type { StateFiles } from '../store/layout.ts';
import { readLock } from '../store/lock.ts';
import { isAlive } from '../supervision/identity.ts';

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
export async function lockHolder(state: StateFiles): Promise<LockHolder | null> {
  const lock = await readLock(state);
  if (lock === null) return null;
  const { pid, host, run_id: runId, since } = lock;
  return { pid, host, runId, since, alive: host === os.hostname() ? isAlive(lock) : null };
}
