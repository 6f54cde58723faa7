import type { Git } from './git.ts';
import { nulTerminated } from './paths.ts';
import { ABSENT, STATUS, parseStatus } from './status.ts';
import { waitForLock } from './private-index.ts';

/** The trailer by which a checkpoint is found again. */
export const CHECKPOINT_TRAILER = 'Autoloop-Checkpoint';

/** The commit with this checkpoint id that was made since `head` (null: ever). One process. */
export async function findCheckpoint(git: Git, id: string, head: string | null): Promise<string | null> {
  if ((await git.headCommit()) === null) return null;
  const line = `^${CHECKPOINT_TRAILER}: ${id.replaceAll(/[.*^$[\]\\]/g, '\\$&')}$`;
  const search = ['rev-list', '--max-count=1', '--basic-regexp', `--grep=${line}`];
  if (head !== null) {
    const recent = await git.run([...search, `${head}..HEAD`, '--']);
    if (recent.code === 0) return recent.out.toString().trim() || null;
    // The commit that we started from is not in the repository any more: all of the history is searched.
  }
  return (await git.output([...search, 'HEAD', '--'])).toString().trim() || null;
}

/**
 * Gives the user's index the entries of a checkpoint where it still has those of the commit before: what remains to be done
 * when the crash came between the commit and the exchange of the index.
 */
export async function mendIndex(git: Git, commit: string, lockWaitMs: number): Promise<void> {
  const status = parseStatus(await git.output(STATUS));
  const tree = ['diff-tree', '-r', '-z', '--raw', '--no-renames', '--no-commit-id', '--root', commit, '--'];
  const fields = (await git.output(tree)).toString('latin1').split('\0');
  const lines: string[] = [];
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const [modeBefore, mode, idBefore, id] = (fields[at] ?? '').slice(1).split(' ');
    const path = fields[at + 1] ?? '';
    const entry = status.tracked.get(path);
    if (entry === undefined || entry.staged === '.') continue;
    const atParent = entry.indexMode === modeBefore && (modeBefore === ABSENT || entry.indexId === idBefore);
    const headIsOurs = entry.headMode === mode && (mode === ABSENT || entry.headId === id);
    if (atParent && headIsOurs) lines.push(indexLine(mode, id ?? '', path));
  }
  if (lines.length === 0) return;
  await waitForLock(git.place, lockWaitMs);
  await git.output(SET_ENTRIES, { input: nulTerminated(lines) });
}

/** Sets entries of an index from `indexLine`s. */
export const SET_ENTRIES = ['update-index', '-z', '--index-info'];

/** One entry; mode 000000 removes it. */
export function indexLine(mode: string, id: string, path: string): string {
  return mode === ABSENT ? `0 ${id}\t${path}` : `${mode} ${id}\t${path}`;
}
