import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readlinkSync } from 'node:fs';
import path from 'node:path';
import { guardKind } from '../core/checks/guards.ts';
import { readCarefully } from '../files/careful-read.ts';
import type { CarriedFolder } from '../run/check-port.ts';

/** What tools write for themselves among dependencies, and what an interpreter makes of them again; not where package managers keep them all. */
const MADE_AGAIN = /^(?:\.(?!(?:bin|pnpm|bun|store|deno)$).*|__pycache__)$|\.pyc$/;

/** A folder of dependencies as it is: a hash over the names, sizes and times of all in it, and what changed in it since `since` (ms). */
export function lookAtCarried(top: string, folder: string, since: number): CarriedFolder {
  const hash = createHash('sha256');
  const touched = new Set<string>();
  const walk = (name: string): void => {
    for (const entry of listed(path.join(top, folder, name))) {
      if (MADE_AGAIN.test(entry)) continue;
      const inner = name === '' ? entry : `${name}/${entry}`;
      const file = path.join(top, folder, inner);
      const stats = lstatSync(file, { throwIfNoEntry: false });
      if (stats === undefined) continue;
      if (stats.isDirectory()) {
        walk(inner);
        continue;
      }
      const what = stats.isSymbolicLink() ? readlinkSync(file) : `${stats.size} ${stats.mtimeMs}`;
      hash.update(`${inner}\0${what}\0`);
      if (stats.ctimeMs > since && touched.size < MOST_NAMED) touched.add(packageOf(inner));
    }
  };
  walk('');
  return { path: folder, digest: hash.digest('hex').slice(0, 32), touched: [...touched].sort() };
}

/** Those of these files that runners load by themselves, each as a hash of what it holds or leads to. */
export function ignoredGuards(top: string, files: readonly string[]): Readonly<Record<string, string>> {
  const guards = files.filter((name) => ['loading', 'pieces'].includes(guardKind(name) ?? ''));
  return Object.fromEntries(guards.map((name) => [name, hashOf(path.join(top, name))]));
}

function hashOf(file: string): string {
  const link = lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink() === true ? readlinkSync(file) : '';
  const bytes = readCarefully(file, { followLinks: true }) ?? '';
  return createHash('sha256').update(`${link}\0`).update(bytes).digest('hex').slice(0, 32);
}

const MOST_NAMED = 5;

/** The package that a file belongs to, by where its kind of folder has them. */
function packageOf(name: string): string {
  const parts = name.split('/');
  const site = parts.indexOf('site-packages');
  if (site >= 0 && parts.length > site + 1) return parts[site + 1] ?? name;
  return (parts[0]?.startsWith('@') === true ? parts.slice(0, 2) : parts.slice(0, 1)).join('/');
}

/** In one order on every machine. */
function listed(folder: string): readonly string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return []; // gone by now, or not for us
  }
}
