import type { Git } from '../../git/git.ts';
import { createRunner } from '../../git/runner.ts';
import { INCLUDE_FILE, includeFiles } from './include.ts';
import { gitIn } from './open-here.ts';
import { initSubmodules, told } from './preparing.ts';

/** Whoever is told how the making of a work tree goes. */
export interface Says {
  line(text: string): void;
  warn(text: string): void;
}

/** What a checkout lacks. Resolves with the number of ignored files that were copied. */
export async function furnish(git: Git, tree: Parameters<typeof gitIn>[0], says: Says): Promise<number> {
  const inclusion = await includeFiles(git, tree.top);
  if (inclusion !== null) {
    const { copied, leftOut } = inclusion;
    const named = leftOut.length === 0 ? '' : `; left out: ${leftOut.slice(0, 20).join(', ')}`;
    says.line(`[*] ${INCLUDE_FILE}: ${copied === 0 ? 'no ignored file' : `${copied} ignored files`} copied${named}`);
  }
  const there = gitIn(tree, git, createRunner({ workspace: tree.top }));
  const why = await told(initSubmodules(there), () => says.line('[*] Submodules are being fetched'));
  if (why !== null) says.warn(`submodules are not there: ${why}`);
  return inclusion?.copied ?? 0;
}
