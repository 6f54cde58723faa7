import { lstatSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { treeDifferences } from '../../git/entries.ts';
import type { Git } from '../../git/git.ts';
import { pathDisplay, toText } from '../../git/paths.ts';
import { gitFolderOf, type TaskTree } from './record.ts';

const GITLINK = '160000';

/**
 * Submodules of a work tree in which somebody worked: their commits and files are in no repository but theirs, which goes with the
 * work tree. Nothing is run in them: files that were written after the submodule was checked out tell. Paths for the screen.
 */
export async function workedInSubmodules(git: Git, tree: TaskTree, tip: string | null): Promise<readonly string[]> {
  const all = await submodulesOf(git);
  const apart = all.filter((at) => hasOwnRepository(path.join(tree.top, toText(at))));
  if (lstatSync(path.join(tree.admin, 'modules'), { throwIfNoEntry: false }) === undefined)
    return apart.map(pathDisplay);
  const moved = tip === null ? [] : await treeDifferences(git, tree.base, tip);
  const repointed = moved.filter(({ to }) => to?.mode === GITLINK).map(({ path: at }) => at);
  const written = all.filter((at) => isWorkedIn(path.join(tree.top, toText(at))));
  return [...new Set([...apart, ...repointed, ...written])].map(pathDisplay);
}

/** Its repository lies in its folder, as after a clone that was added: nobody knows what else has its commits. */
function hasOwnRepository(folder: string): boolean {
  return lstatSync(path.join(folder, '.git'), { throwIfNoEntry: false })?.isDirectory() === true;
}

async function submodulesOf(git: Git): Promise<string[]> {
  const rows = (await git.output(['ls-files', '--stage', '-z'])).toString('latin1').split('\0').slice(0, -1);
  return rows.filter((row) => row.startsWith(GITLINK)).map((row) => row.slice(row.indexOf('\t') + 1));
}

function isWorkedIn(folder: string): boolean {
  const gitFolder = gitFolderOf(folder);
  const head = gitFolder === null ? undefined : lstatSync(path.join(gitFolder, 'HEAD'), { throwIfNoEntry: false });
  // git moves HEAD once all files are written.
  return head !== undefined && hasNewer(folder, head.mtimeMs);
}

function hasNewer(folder: string, time: number): boolean {
  return readdirSync(folder, { withFileTypes: true }).some((entry) => {
    const place = path.join(folder, entry.name);
    if (entry.isDirectory()) return hasNewer(place, time);
    return lstatSync(place).ctimeMs > time;
  });
}
