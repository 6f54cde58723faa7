import { readdirSync } from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';

const HOST = hostname().replaceAll(/\W/g, '_');

/** A file of this process in a git folder. */
export function ownFile(gitDir: string, prefix: string): string {
  return path.join(gitDir, `${prefix}-${HOST}-${process.pid}`);
}

/** What processes of this host that died have left there. What is another host's (a container that shares the folder) may be in use. */
export function leftBehind(gitDir: string, prefix: string): readonly string[] {
  const pattern = new RegExp(`^${prefix}-${HOST}-(\\d+)(-head)?(\\.lock)?$`);
  return readdirSync(gitDir)
    .filter((name) => {
      const pid = pattern.exec(name)?.[1];
      return pid !== undefined && !isAlive(Number(pid));
    })
    .map((name) => path.join(gitDir, name));
}

/** Another process of this pid: what bears our own number is from one that had it before. */
function isAlive(pid: number): boolean {
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'; // it lives and is another user's
  }
}
