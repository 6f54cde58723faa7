import { accessSync, chmodSync, constants, lstatSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { cacheFolder, machineFolder } from './places.ts';

/** The machine's folder of a workspace, made if need be and closed to others; null where it cannot be written, or is somebody else's. */
export function openMachineFolder(workspace: string): string | null {
  return openOwnFolder(machineFolder(workspace));
}

/**
 * Where what can be made again is put for the time of a run: the cache, else beside what the machine keeps, else a folder of its own, which
 * `close` removes.
 */
export function openCacheFolder(
  workspace: string,
  machine: string | null,
  env: NodeJS.ProcessEnv,
): { readonly folder: string; readonly close: () => void } {
  const beside = machine === null ? null : path.join(machine, 'cache');
  const found = openOwnFolder(cacheFolder(workspace, env)) ?? (beside === null ? null : openOwnFolder(beside));
  if (found !== null) return { folder: found, close: () => undefined };
  const folder = realpathSync.native(mkdtempSync(path.join(os.tmpdir(), 'autoloop-')));
  return { folder, close: () => rmSync(folder, { recursive: true, force: true }) };
}

function openOwnFolder(folder: string): string | null {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    if (!lstatSync(folder).isDirectory()) return null;
    chmodSync(folder, 0o700);
    accessSync(folder, constants.W_OK | constants.X_OK);
    return realpathSync.native(folder); // A home may be reached through a link; nothing below this folder is.
  } catch {
    return null; // A home that is read-only or full: the caller says what is weaker then.
  }
}
