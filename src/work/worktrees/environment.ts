import path from 'node:path';
import type { TaskTree } from './record.ts';

/** Ports between those of two work trees. */
const PORTS_EACH = 20;

/**
 * What setup, teardown and the agents of a task find in their environment, so that servers and databases of several work trees do not
 * meet: `AUTOLOOP_PORT` is the first of twenty.
 */
export function treeEnvironment({ top, admin, taskId, slot, portBase }: TaskTree): Readonly<Record<string, string>> {
  const commonDir = path.dirname(path.dirname(admin));
  return {
    AUTOLOOP_WORKTREE: top,
    AUTOLOOP_MAIN: path.basename(commonDir) === '.git' ? path.dirname(commonDir) : commonDir,
    AUTOLOOP_TASK: taskId,
    AUTOLOOP_SLOT: String(slot),
    AUTOLOOP_PORT: String(portBase + PORTS_EACH * slot),
  };
}
