import type { ProcessId } from '../process-table.ts';
import type { ProcessTree } from '../tree.ts';
import { signal } from './signal.ts';
import { sleep } from '../wait.ts';

/** How long a program that is just being started may take to show its environment, in ms. */
const BIRTH_MS = 20;

/**
 * Kills every member until two looks in succession find none: one alone may miss a process that is born while it looks.
 * `emptyLooks`: how many of them there were right before. Returns those that are still there after `ms`: stuck in the
 * kernel, or another user's.
 */
export async function kill(tree: ProcessTree, ms: number, emptyLooks = 0): Promise<ProcessId[]> {
  const end = performance.now() + ms;
  let empty = emptyLooks;
  let hasWaited = false;
  for (;;) {
    const members = tree.look({ marks: true });
    empty = members.length === 0 ? empty + 1 : 0;
    if (performance.now() > end || (empty >= 2 && (tree.sawAll || hasWaited))) return members;
    for (const member of members) signal(member, 'SIGKILL');
    if (members.length > 0)
      await sleep(5); // Something that forks for ever must be outrun.
    else if (!tree.sawAll) await sleep(BIRTH_MS);
    hasWaited = members.length === 0 && !tree.sawAll;
  }
}
