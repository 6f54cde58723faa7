import { createHash } from 'node:crypto';
import { lstatSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { CONFIG_FILE_NAMES } from '../../config/load.ts';
import { readCarefully } from '../../files/careful-read.ts';

/** A configuration file that was carried into a work tree, and the hash of what it held. */
export interface Carried {
  readonly name: string;
  readonly hash: string;
}

/** Copies the workspace's configuration file where the commit has not the same. Null: nothing was to be done. */
export function carryConfiguration(from: string, to: string): Carried | null {
  const name = CONFIG_FILE_NAMES.find((one) => lstatSync(path.join(from, one), { throwIfNoEntry: false })?.isFile());
  const content = name === undefined ? null : readCarefully(path.join(from, name));
  if (name === undefined || content === null) return null;
  const target = path.join(to, name);
  const there = lstatSync(target, { throwIfNoEntry: false });
  if (readCarefully(target)?.equals(content) === true) return null;
  if (there !== undefined) rmSync(target, { recursive: true, force: true });
  writeFileSync(target, content, { flag: 'wx' });
  return { name, hash: hashOf(content) };
}

/** Whether a file of a work tree is a configuration as it was carried there, or as the workspace has it: nothing is lost with it. */
export function isCarried(
  file: string,
  { carried, workspace }: { carried: string | null; workspace: string },
): boolean {
  const name = path.basename(file);
  if (!CONFIG_FILE_NAMES.some((one) => one === name)) return false;
  const content = readCarefully(file);
  if (content === null) return false;
  return hashOf(content) === carried || readCarefully(path.join(workspace, name))?.equals(content) === true;
}

function hashOf(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}
