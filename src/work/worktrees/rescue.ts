import { lstatSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';

/**
 * What is left in the place of a work tree that was deleted while a run was at work in it: the run's log, which the run itself put back.
 * It is kept beside it until the work tree stands there again. Both steps may be done again after a kill.
 */
export function keepState(top: string): void {
  const kept = keptPlace(top);
  if (isFolder(kept) || !isFolder(top)) return;
  const left = readdirSync(top);
  if (left.length === 1 && left[0] === STATE && isFolder(path.join(top, STATE))) renameSync(top, kept);
}

/** Puts what was kept into the work tree that stands there again. False: nothing was. */
export function bringStateBack(top: string): boolean {
  const kept = keptPlace(top);
  if (!isFolder(path.join(kept, STATE))) return false;
  pour(path.join(kept, STATE), path.join(top, STATE));
  rmSync(kept, { recursive: true, force: true });
  return true;
}

const STATE = '.autoloop';

function keptPlace(top: string): string {
  return `${top}.kept`;
}

/** Files take the place of those of their names; no link is followed, and none is brought along. */
function pour(from: string, to: string): void {
  if (!isFolder(to)) {
    rmSync(to, { force: true });
    mkdirSync(to, { recursive: true, mode: 0o700 });
  }
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [path.join(from, entry.name), path.join(to, entry.name)];
    if (entry.isDirectory()) pour(source, target);
    else if (entry.isFile()) {
      rmSync(target, { recursive: true, force: true });
      renameSync(source, target);
    }
  }
}

function isFolder(place: string): boolean {
  return lstatSync(place, { throwIfNoEntry: false })?.isDirectory() === true;
}
