import type { ProcessId } from '../process-table.ts';
import type { ProcessTree } from '../tree.ts';
import { interrupt } from './interrupt.ts';
import { kill } from './kill.ts';
import { terminate } from './terminate.ts';

/** How long each step may take, in ms: nine seconds in all, so that no agent lives ten seconds longer than the stop. */
const INTERRUPT_MS = 5000;
const TERMINATE_MS = 2000;
const KILL_MS = 2000;

export interface EndTreeOptions {
  /** The agent, to be interrupted first; null when it is gone, or its answer is in and only the rest is to end. */
  readonly agent: ProcessId | null;
  /** Aborting it skips the waits. */
  readonly hurry?: AbortSignal | undefined;
}

/** Ends every member of the tree: SIGINT to the agent, SIGTERM to all, SIGKILL to the rest. Returns what could not be ended. */
export async function endTree(tree: ProcessTree, { agent, hurry }: EndTreeOptions): Promise<ProcessId[]> {
  if (agent) await interrupt(tree, agent, INTERRUPT_MS, hurry);
  if (tree.isOver()) return [];
  const found = await terminate(tree, TERMINATE_MS, hurry);
  return kill(tree, KILL_MS, found === 0 ? 1 : 0);
}
