import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { isWithin } from '../files/work-tree.ts';
import type { Place } from './place.ts';

/**
 * Who holds the lock of the user's index, in words: git commands at work in the repository, with their pids. Null when there is
 * none, undefined where the system does not tell (no /proc). A git that waits for an editor holds the lock without having it open, so
 * it is told by where it works.
 */
export function lockHolder(place: Place): string | null | undefined {
  const pids = processes();
  if (pids === null) return undefined;
  const found = pids.filter((pid) => pid !== String(process.pid) && isGitIn(pid, place));
  return found.length === 0 ? null : found.map((pid) => `${commandOf(pid)} (pid ${pid})`).join(', ');
}

function processes(): string[] | null {
  try {
    return readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  } catch {
    return null;
  }
}

function isGitIn(pid: string, { top, gitDir }: Place): boolean {
  try {
    if (readFileSync(`/proc/${pid}/comm`, 'utf8').trim() !== 'git') return false;
    const cwd = readlinkSync(`/proc/${pid}/cwd`);
    return [top, gitDir].some((folder) => isWithin(cwd, folder));
  } catch {
    return false; // It ended meanwhile, or it is another user's.
  }
}

/** The first words of its command line: enough to know it again. */
function commandOf(pid: string): string {
  try {
    const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').slice(0, 2).join(' ');
    return (
      words
        .replaceAll(/\p{Cc}/gu, ' ')
        .trim()
        .slice(0, 80) || 'git'
    );
  } catch {
    return 'git';
  }
}
