import { listed } from '../../core/listed.ts';
import { Problem } from '../../core/problem.ts';
import type { Git } from '../../git/git.ts';
import { hiddenEdits } from '../../git/overlooked.ts';
import { pathDisplay } from '../../git/paths.ts';
import type { PathChange } from '../../git/put-back.ts';
import { dirtyPaths, type Status } from '../../git/status.ts';
import { groundOf } from '../../history/undo-facts.ts';
import { planUndo } from '../../history/undo-plan.ts';

/** Nothing of a person's makes room. Rejects with a Problem of kind `usage` that names what is in the way. */
export async function refuseDirty(
  git: Git,
  changes: readonly PathChange[],
  status: Status,
  workspace: string,
): Promise<void> {
  const dirty = new Set([...dirtyPaths(status), ...(await hiddenEdits(git))]);
  const own = new Set(changes.map(({ path }) => path));
  const facts = { differences: changes, own, foreign: new Set<string>(), dirty, ground: groundOf(git) };
  const { kept } = planUndo({ ...facts, withSubmodules: true });
  if (kept.length === 0) return;
  const names = kept.map(({ path, why }) => `${pathDisplay(path)} (${why})`);
  throw new Problem(
    'usage',
    `in ${workspace} stand in the way, and nothing was changed: ${listed(names)}`,
    'Commit, stash or move them, then merge again.',
  );
}
