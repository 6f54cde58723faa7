import { listed } from '../../core/listed.ts';
import { Problem } from '../../core/problem.ts';
import type { View } from '../../git/checkpoint.ts';
import { treeDifferences, treeEntries } from '../../git/entries.ts';
import { lstat } from '../../git/fingerprints.ts';
import type { Git } from '../../git/git.ts';
import { isStateBelow, pathDisplay } from '../../git/paths.ts';
import { commitOf } from '../../git/put-back.ts';
import { selectPaths } from '../../git/selection.ts';
import { takeSnapshot } from '../../git/snapshot.ts';
import { ABSENT } from '../../git/status.ts';

const SUBJECT = 'autoloop: your uncommitted changes';

/**
 * A commit on top of HEAD with what the user has not committed, tracked and untracked files that are not ignored, by the rules of
 * checkpoints: no secrets, no dependency folders, nothing over 50 MB. The workspace stays as it is. HEAD itself where there is nothing.
 */
export async function commitOfChanges(
  git: Git,
  { view, head, identityMissing }: { readonly view: View; readonly head: string; readonly identityMissing: boolean },
  warn: (text: string) => void,
): Promise<string> {
  const { status } = view;
  if (status.unmerged.length > 0) {
    const named = status.unmerged.slice(0, 20).map(pathDisplay).join(', ');
    throw new Problem('usage', `--with-changes: not merged yet: ${named}`, 'Resolve them first.');
  }
  const snapshot = await takeSnapshot(git, view, {
    name: 'with-changes',
    isOurs: (path) => isStateBelow(git.place.prefix, path),
  });
  if (snapshot === null) return head;
  try {
    const inHead = [...(await treeEntries(git, head)).keys()];
    const { commit: taken, leftOut } = selectPaths(
      { changed: snapshot.paths, dirtyBefore: new Set(), commitEverything: false },
      {
        prefix: '',
        isNew: (path) => status.untracked.has(path) || status.tracked.get(path)?.headMode === ABSENT,
        size: (path) => {
          const found = lstat(git.place.top, path);
          return found === null ? null : Number(found.size);
        },
        inHead: (folder) => inHead.some((path) => path.startsWith(folder)),
      },
    );
    const left = [...leftOut, ...snapshot.leftOut];
    if (left.length > 0) {
      const names = left.map(({ path, why }) => `${pathDisplay(path)} (${why})`);
      warn(`--with-changes: these stay behind: ${listed(names)}`);
    }
    const own = new Set(taken);
    const changes = (await treeDifferences(git, head, snapshot.commit)).filter(({ path }) => own.has(path));
    return (await commitOf(git, { head, changes, message: `${SUBJECT}\n`, identityMissing })) ?? head;
  } finally {
    await git.run(['update-ref', '-d', snapshot.ref, snapshot.commit]);
  }
}
