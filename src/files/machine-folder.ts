import { accessSync, chmodSync, constants, lstatSync, mkdirSync, realpathSync } from 'node:fs';
import { machineFolder } from './places.ts';

/** The machine's folder of a workspace, made if need be and closed to others; null where it cannot be written, or is somebody else's. */
export function openMachineFolder(workspace: string): string | null {
  const folder = machineFolder(workspace);
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
