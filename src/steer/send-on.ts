import type { FoundRun } from '../store/tasks/lookup.ts';
import { type Order, send, type Sent } from './send.ts';
import { fateOf } from './taken.ts';

/**
 * As `send`, for whoever has no terminal to resume in: where no process works on the run, what it waited for is followed by its resume in
 * a process of its own.
 */
export async function sendAndGoOn(workspace: string, run: FoundRun, order: Order): Promise<Sent> {
  const sent = await send(workspace, run, order);
  const { kind, by } = order;
  if (sent.id === null || (kind !== 'answer' && kind !== 'approve' && kind !== 'reject')) return sent;
  const fate = await fateOf(workspace, run, sent.id);
  if (fate === 'taken') return { ...sent, text: 'taken' };
  if (fate === 'kept') return sent;
  await send(workspace, run, { kind: 'resume', text: null, for: null, by });
  return { ...sent, text: 'kept: the run is resumed and takes it' };
}
