import type { ProcessTree } from '../tree.ts';
import { signal } from './signal.ts';
import { waitUntil } from '../wait.ts';

/** Asks every member to end, and waits up to `ms` until none is left; resolves with how many there were. git, for one, removes its lock files on this signal. */
export async function terminate(tree: ProcessTree, ms: number, hurry?: AbortSignal): Promise<number> {
  const members = tree.look({ marks: true });
  for (const member of members) signal(member, 'SIGTERM');
  if (members.length > 0) await waitUntil(() => tree.look({ marks: false }).length === 0, ms, hurry);
  return members.length;
}
