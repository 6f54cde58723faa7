import { lstatSync, readlinkSync } from 'node:fs';
import path from 'node:path';

const MOST_LINKS = 40;

/**
 * Whether a path that an agent names, seen from `root` and from each of `folders`, lies in `root` once its links are followed, in the
 * order in which the system would follow them. `root` is a real path. What cannot be followed to its end does not.
 */
export function isInside(root: string, named: string, folders: readonly string[] = []): boolean {
  if (named.includes('\0') || named.startsWith('~')) return false;
  const starts = path.isAbsolute(named) ? [] : folders;
  return [named, ...starts.map((folder) => `${folder}${path.sep}${named}`)].every((each) => {
    const real = realPlace(root, each);
    return real !== null && (real === root || real.startsWith(root.endsWith(path.sep) ? root : `${root}${path.sep}`));
  });
}

/** Null: the links lead in a circle, or a part of it may not be looked at. What is not there yet is where it would be made. */
function realPlace(root: string, named: string): string | null {
  let here = path.isAbsolute(named) ? path.parse(named).root : root;
  const left = steps(named);
  let links = 0;
  for (let step = left.shift(); step !== undefined; step = left.shift()) {
    if (step === '..') {
      here = path.dirname(here);
      continue;
    }
    const next = path.join(here, step);
    const target = linkTarget(next);
    if (target === undefined || (target !== null && ++links > MOST_LINKS)) return null;
    if (target === null) here = next;
    else {
      if (path.isAbsolute(target)) here = path.parse(target).root;
      left.unshift(...steps(target));
    }
  }
  return here;
}

function steps(text: string): string[] {
  return text.split(path.sep).filter((step) => step !== '' && step !== '.');
}

/** Null: it is no link. Undefined: it may not be looked at. */
function linkTarget(place: string): string | null | undefined {
  try {
    const found = lstatSync(place, { throwIfNoEntry: false });
    return found?.isSymbolicLink() === true ? readlinkSync(place) : null;
  } catch (error) {
    // Below a file there is nothing, so nothing leads away from there either.
    return (error as NodeJS.ErrnoException).code === 'ENOTDIR' ? null : undefined;
  }
}
