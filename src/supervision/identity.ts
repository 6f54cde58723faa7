import type { ProcessId } from './process-table.ts';
import { isRunning, processTable } from './platform.ts';

/** Names one process for as long as files live: a pid alone is used again, and means another process after a boot. */
export interface ProcessIdentity extends ProcessId {
  readonly boot: string;
}

/** Null when no such process runs. */
export function processIdentity(pid: number): ProcessIdentity | null {
  const row = processTable.read(pid);
  return row && { pid, start: row.start, boot: processTable.epoch().boot };
}

/** Whether exactly this process still runs. */
export function isAlive(identity: ProcessIdentity): boolean {
  return identity.boot === processTable.epoch().boot && isRunning(identity);
}
