import { chmodSync, mkdtempSync, readFileSync, realpathSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/**
 * Runs once for a suite: what its tests write is below one folder, which goes when they have ended, whatever a test forgets.
 * No test waits for the disk where memory will do; `TESTS_FOLDER` is for those whose programs may not be there.
 */
export default function setup(): () => void {
  const parent = process.env['TESTS_FOLDER'] ?? (hasRoom('/dev/shm') ? '/dev/shm' : tmpdir());
  const folder = realpathSync(mkdtempSync(path.join(parent, 'autoloop-tests-')));
  chmodSync(folder, 0o711); // Some tests ask as another user.
  process.env['TMPDIR'] = folder;
  return () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}

/** Whether this is a file system in memory that programs can be run from, with room for a suite. */
function hasRoom(folder: string): boolean {
  try {
    const mounted = readFileSync('/proc/mounts', 'utf8')
      .split('\n')
      .find((line) => line.split(' ')[1] === folder);
    const { bavail, bsize } = statfsSync(folder);
    return mounted?.split(' ')[2] === 'tmpfs' && !mounted.includes('noexec') && bavail * bsize > 4_000_000_000;
  } catch {
    return false; // Another system: its own temporary folder will do.
  }
}
