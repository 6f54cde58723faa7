import type { ProcessId } from '../process-table.ts';
import type { ProcessTree } from '../tree.ts';
import { interrupt } from './interrupt.ts';
import { kill } from './kill.ts';
import { terminate } from './terminate.ts';
import { waitUntil } from '../wait.ts';

/** How long each step may take, in ms: nine seconds in all, so that no agent lives ten seconds longer than the stop. */
const INTERRUPT_MS = 5000;
const TERMINATE_MS = 2000;
const KILL_MS = 2000;

export interface EndTreeOptions {
  /** The agent, to be interrupted first; null when it is gone, or its answer is in and only the rest is to end. */
  readonly agent: ProcessId | null;
  /** Aborting it skips the waits. */
  readonly hurry?: AbortSignal | undefined;
  /** Told of what an agent that ended by itself has left running, before that is ended. */
  readonly onLeft?: ((left: readonly ProcessId[]) => void) | undefined;
}

/** Ends every member of the tree: SIGINT to the agent, SIGTERM to all, SIGKILL to the rest. Returns what could not be ended. */
export async function endTree(tree: ProcessTree, { agent, hurry, onLeft }: EndTreeOptions): Promise<ProcessId[]> {
  if (agent) await interrupt(tree, agent, INTERRUPT_MS, hurry);
  if (tree.isOver()) return [];
  if (onLeft !== undefined) await tellOfLeft(tree, onLeft, hurry);
  const found = await terminate(tree, TERMINATE_MS, hurry);
  return kill(tree, KILL_MS, found === 0 ? 1 : 0);
}

/** How long what is about to end by itself may take, in ms. */
const WIND_DOWN_MS = 200;

async function tellOfLeft(
  tree: ProcessTree,
  onLeft: (left: readonly ProcessId[]) => void,
  hurry: AbortSignal | undefined,
): Promise<void> {
  let left = tree.look({ marks: true });
  if (left.length === 0) return;
  await waitUntil(() => (left = tree.look({ marks: false })).length === 0, WIND_DOWN_MS, hurry);
  if (left.length > 0) onLeft(left);
}
