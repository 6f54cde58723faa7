import type { EndedTurn } from './boundary.ts';
import type { Loop } from './loop.ts';

/**
 * Commits that an agent took out of the history (a reset, a rebase, an amended commit) are kept reachable, said, and in the log, each
 * with the command that brings it back (docs/security.md).
 */
export async function noticeDropped(loop: Loop, { before, after, changes }: EndedTurn): Promise<void> {
  const { boundary } = loop;
  const { head } = before;
  if (boundary === null || head === null || head === after.head) return;
  const kept = await boundary.git.keepDropped(head, { elsewhere: changes.branchSwitch !== null });
  if (kept === null) return;
  const short = head.slice(0, 10);
  const way =
    kept === 'gone'
      ? 'and it is not in the repository any more'
      : `it is kept as ${kept.ref}; ${boundary.git.pasted.git} branch restored-${short} ${kept.ref} brings it back`;
  const text = `the history lost the commit ${head}, where this turn began: ${way}`;
  await loop.notice('history_rewritten', text);
}
