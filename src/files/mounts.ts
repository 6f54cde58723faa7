import { readFileSync } from 'node:fs';
import path from 'node:path';
import { isWithin } from './work-tree.ts';

/**
 * Where a folder is in its file system, by whatever mount it is reached: `<device>:<path>`, to be compared by `isWithin`. Its own path
 * where the system does not tell. `folder` is a real path; `mounts` has the form of proc_pid_mountinfo(5).
 */
export function placeOnDisk(folder: string, mounts: string = ownMounts()): string {
  let found = { point: '', place: folder };
  for (const line of mounts.split('\n')) {
    const [, , device, root, point] = line.split(' ').map(unescaped);
    if (device === undefined || root === undefined || point === undefined || !isWithin(folder, point)) continue;
    // Of two at the same point, the later one is on top.
    if (point.length < found.point.length) continue;
    found = { point, place: `${device}:${path.join(root, path.relative(point, folder))}` };
  }
  return found.place;
}

function ownMounts(): string {
  try {
    return readFileSync('/proc/self/mountinfo', 'utf8');
  } catch {
    return ''; // Another system.
  }
}

/** Blanks and the like are written as three octal digits. */
function unescaped(field: string): string {
  return field.replaceAll(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
}
