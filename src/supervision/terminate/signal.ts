import type { ProcessId } from '../process-table.ts';
import { isRunning } from '../platform.ts';

/** Signals exactly this process, never a later one with its pid. What remains is a race of microseconds. */
export function signal(target: ProcessId, name: 'SIGINT' | 'SIGTERM' | 'SIGKILL'): void {
  if (!isRunning(target)) return;
  try {
    process.kill(target.pid, name);
  } catch {
    // It ended meanwhile, or it runs as another user: the next look at the tree shows which.
  }
}
