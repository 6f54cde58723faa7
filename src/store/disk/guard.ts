import path from 'node:path';
import { lookAt } from '../../files/door.ts';
import { listFolder } from '../../files/folders.ts';
import { linkFault } from '../../files/fault.ts';
import type { StateFiles } from '../layout.ts';

/**
 * Throws a Problem when a symbolic link stands on the way from the state folder to `file` (both included), so that it is said before
 * a turn is paid for. What does not exist yet is fine. `file` must lie below the state folder.
 */
export function guardPath(state: StateFiles, file: string): void {
  const step = path.relative(state.folder, file).split(path.sep)[0] ?? '';
  if (step === '..' || path.isAbsolute(step)) throw new Error(`not below the state folder: ${file}`);
  if (lookAt(file)?.kind === 'link') throw linkFault(file);
}

/** Names directly under the state folder that another tool of the same name left there; sorted. They are left alone. */
export function foreignFiles(state: StateFiles): readonly string[] {
  const ours =
    /^(?:tasks|batch|lock|\.gitignore|config\.ya?ml|.*\.(?:tmp|processes)|.*\.(?:torn|corrupt|aside)-.*|lock\..*)$/;
  return listFolder(state.folder)
    .map(({ name }) => name)
    .filter((name) => !ours.test(name));
}
