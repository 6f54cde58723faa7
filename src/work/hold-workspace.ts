import { Problem } from '../core/problem.ts';
import { openMachineFolder } from '../files/machine-folder.ts';
import { stateFiles } from '../store/layout.ts';
import type { WorkspaceLock } from '../store/lock.ts';
import type { ProcessId } from '../supervision/process-table.ts';
import { reapLeftovers } from '../supervision/reap.ts';
import { type Locked, lockWorkTree } from './locks.ts';
import { lockForGit } from './worktrees/at-work.ts';

/** A workspace that nobody else works in. */
export interface HeldWorkspace {
  readonly lock: WorkspaceLock;
  /** Where the machine keeps what no agent may steer; null where that cannot be written. */
  readonly machine: string | null;
}

/**
 * Takes a workspace for this process alone: its locks, and what processes of starts that died are left in it are ended. Rejects with a
 * Problem of kind `busy`. Whoever holds it releases the lock.
 */
export async function holdWorkspace(wanted: Locked, warn: (text: string) => void): Promise<HeldWorkspace> {
  const locked = await lockWorkTree(wanted);
  const unlock = lockForGit(wanted.gitFolder, wanted.runId);
  const release = () => {
    unlock();
    return locked.release();
  };
  const lock = { ...locked, release, [Symbol.asyncDispose]: release };
  try {
    const state = stateFiles(wanted.workspace);
    const machine = openMachineFolder(wanted.workspace);
    for (const folder of machine === null ? [state.folder] : [machine, state.folder]) await endLeftovers(folder, warn);
    return { lock, machine };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

/** They must be gone before any turn: they could still edit. */
async function endLeftovers(folder: string, warn: (text: string) => void): Promise<void> {
  const { ended, survivors, owners } = await reapLeftovers(folder);
  if (ended > 0) warn(`ended ${ended} process(es) that an earlier run had left behind`);
  const refusal = stillAtWork([...survivors, ...owners]);
  if (refusal !== null) throw refusal;
}

/** Why nobody else may work here beside these; null: there is none. */
export function stillAtWork(left: readonly ProcessId[]): Problem | null {
  if (left.length === 0) return null;
  const pids = left.map(({ pid }) => pid);
  return new Problem(
    'busy',
    `processes of an earlier run are still at work here: ${pids.join(', ')}`,
    `End them (kill -INT ${pids.join(' ')}), then try again.`,
  );
}
