import { mkdtempSync, readFileSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll } from 'vitest';

/** Runs before every test file: nothing of the developer's reaches a test, and no test waits for the disk where memory will do. */
if (hasRoom('/dev/shm')) process.env['TMPDIR'] = '/dev/shm';
const home = mkdtempSync(path.join(tmpdir(), 'autoloop-home-'));
for (const name of Object.keys(process.env)) {
  if (/^(GIT_|XDG_|CODEX|CLAUDE|ANTHROPIC|OPENAI|AUTOLOOP)/.test(name)) Reflect.deleteProperty(process.env, name);
}
Object.assign(process.env, {
  HOME: home,
  TZ: 'UTC',
  LC_ALL: 'C.UTF-8',
  GIT_CONFIG_NOSYSTEM: '1',
  NO_COLOR: '1',
});

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

afterAll(() => rmSync(home, { recursive: true, force: true }));
