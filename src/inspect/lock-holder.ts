import os from 'node:os';
import { peekJson } from '../store/disk/json-files.ts';
import type { StateFiles } from '../store/layout.ts';
import { isAlive } from '../supervision/identity.ts';

/** Who holds the lock of a workspace (spec: resume.md, one process per workspace). */
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
  const lock = await peekJson(state.lock);
  if (lock === null) return null;
  const { pid, host, run_id: runId, since, start, boot } = lock;
  if (typeof pid !== 'number' || typeof host !== 'string') return null;
  const isHere = host === os.hostname();
  const alive = isHere ? isAlive({ pid, start: String(start), boot: String(boot) }) : null;
  return { pid, host, runId: String(runId), since: String(since), alive };
}
