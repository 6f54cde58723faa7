import { exitCodeOfStatus } from '../core/exit-codes.ts';
import { serveMcp } from '../mcp/server.ts';
import type { StopRequest } from '../run/ports.ts';
import { VERSION } from '../work/version.ts';
import { seenFrom } from '../work/worktrees/home.ts';
import { listenForSignals } from '../terminal/signals.ts';

export interface McpCommand {
  readonly workspace: string;
  readonly mayApprove: boolean;
  readonly isReadOnly: boolean;
}

/**
 * `autoloop mcp`: what `status`, `wait` and the steering commands do, as tools for an agent, until it goes away. To an agent that works
 * in a run it only shows: who is steered must not steer.
 */
export async function mcp({ workspace, mayApprove, isReadOnly }: McpCommand): Promise<number> {
  const { stop } = listenForSignals(() => undefined);
  const isInRun = (process.env.AUTOLOOP_RUN_ID ?? '') !== '';
  await serveMcp({ seen: seenFrom(workspace), version: VERSION, isReadOnly: isReadOnly || isInRun, mayApprove, stop });
  return stop.aborted ? exitCodeOfStatus('interrupted', (stop.reason as StopRequest).signal) : 0;
}
