import type { ProcessId } from '../process-table.ts';
import type { ProcessTree } from '../tree.ts';
import { signal } from './signal.ts';
import { sleep } from '../wait.ts';

/**
 * Kills every member until two looks in succession find none: one alone may miss a process that was just being born.
 * Returns those that are still there after `ms`: stuck in the kernel, or another user's.
 */
export async function kill(tree: ProcessTree, ms: number): Promise<ProcessId[]> {
  const end = performance.now() + ms;
  let emptyLooks = 0;
  for (;;) {
    const members = tree.look({ marks: true });
    emptyLooks = members.length === 0 ? emptyLooks + 1 : 0;
    if (emptyLooks === 2 || performance.now() > end) return members;
    for (const member of members) signal(member, 'SIGKILL');
    await sleep(members.length === 0 ? 20 : 5); // Something that forks for ever must be outrun.
  }
}
