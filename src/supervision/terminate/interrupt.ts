import { isRunning } from '../platform.ts';
import type { ProcessId } from '../process-table.ts';
import type { ProcessTree } from '../tree.ts';
import { signal } from './signal.ts';
import { waitUntil } from '../wait.ts';

/** What the agent has started may take this long to follow it, in ms; after that it was left behind. */
const FOLLOW_MS = 500;

/**
 * Asks the agent alone, as Ctrl-C does: codex ends its own commands after this signal and no other. Waits up to `ms` until
 * nothing is left, less when the agent goes and leaves something behind.
 */
export async function interrupt(tree: ProcessTree, agent: ProcessId, ms: number, hurry?: AbortSignal): Promise<void> {
  signal(agent, 'SIGINT');
  let goneAt: number | null = null;
  const over = (): boolean => {
    if (goneAt === null && !isRunning(agent)) goneAt = performance.now();
    if (goneAt !== null && performance.now() - goneAt > FOLLOW_MS) return true;
    return tree.look({ marks: false }).length === 0;
  };
  await waitUntil(over, ms, hurry);
}
