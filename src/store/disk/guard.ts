import { lstatSync, readdirSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { Problem } from '../../core/problem.ts';
import { diskProblem, isMissing } from '../../files/disk-problem.ts';
import type { StateFiles } from '../layout.ts';

/**
 * Throws a Problem when a symbolic link on the way from the state folder to `file` (both included) leads out of the state
 * folder. What does not exist yet is fine. `file` must lie below the state folder. (spec: state.md, symbolic links.)
 */
export function guardPath(state: StateFiles, file: string): void {
  const steps = path.relative(state.folder, file).split(path.sep);
  if (steps[0] === '..' || path.isAbsolute(steps[0] ?? '')) {
    throw new Error(`not below the state folder: ${file}`);
  }
  if (isStraight(path.dirname(file)) && isLink(file) !== true) return;
  let place = state.folder;
  if (isLink(place)) refuse(place);
  for (const step of steps) {
    if (step === '') continue;
    place = path.join(place, step);
    const link = isLink(place);
    if (link === null) return;
    if (link && !leadsInside(state.folder, place)) refuse(place);
  }
}

/** Names directly under the state folder that another tool of the same name left there; sorted. They are left alone. */
export function foreignFiles(state: StateFiles): readonly string[] {
  const ours = /^(?:tasks|lock|\.gitignore|config\.ya?ml|.*\.(?:tmp|processes)|.*\.(?:torn|corrupt)-.*|lock\..*)$/;
  try {
    return readdirSync(state.folder)
      .filter((name) => !ours.test(name))
      .sort();
  } catch (error) {
    if (isMissing(error)) return [];
    throw diskProblem(error, state.folder, 'read');
  }
}

/** Whether no link is on the way to a folder, in one call: the walk step by step is for what is not so simple. */
function isStraight(folder: string): boolean {
  try {
    return realpathSync.native(folder) === folder;
  } catch {
    return false; // It is missing, a link that leads nowhere is on the way, or it cannot be entered.
  }
}

/** Null: nothing is there. */
function isLink(place: string): boolean | null {
  try {
    return lstatSync(place).isSymbolicLink();
  } catch (error) {
    if (isMissing(error)) return null;
    throw diskProblem(error, place, 'read');
  }
}

function leadsInside(folder: string, link: string): boolean {
  try {
    const inside = path.relative(realpathSync(folder), realpathSync(link));
    return inside !== '..' && !inside.startsWith(`..${path.sep}`) && !path.isAbsolute(inside);
  } catch {
    // A link that leads nowhere, or round in a circle: nothing vouches for where a write would end up.
    return false;
  }
}

function refuse(place: string): never {
  throw new Problem(
    'state',
    `${place} is a symbolic link that leads out of the state folder: refused`,
    'Replace the link by a real file or folder, then try again.',
  );
}
