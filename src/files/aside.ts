import { existsSync, lstatSync } from 'node:fs';

/**
 * A free name beside `file` for what is moved out of its way: `<file>.torn-20261123T184954258Z`, with a number after it when
 * that one is taken.
 */
export function asideName(file: string, why: 'torn' | 'corrupt', now: Date): string {
  const name = `${file}.${why}-${now.toISOString().replaceAll(/[-:.]/g, '')}`;
  let free = name;
  for (let count = 2; existsSync(free); count += 1) free = `${name}-${count}`;
  return free;
}

/** Tells one content of a file from another without reading it; null where nothing is. */
export function versionOf(file: string): string | null {
  const found = lstatSync(file, { bigint: true, throwIfNoEntry: false });
  return found === undefined ? null : [found.dev, found.ino, found.size, found.ctimeNs].join(' ');
}
