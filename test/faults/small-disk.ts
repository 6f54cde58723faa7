import { execFileSync } from 'node:child_process';
import { appendFileSync, cpSync, mkdirSync, mkdtempSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** Why no file system can be mounted here; null: it can. */
export const NO_MOUNT = whyNoMount();

/** A file system of its own in the place of a folder. */
export interface SmallDisk {
  /** Takes all the room but so many pages of 4 KiB. */
  fill(pagesLeft?: number): void;
  /** Gives that room back. */
  clear(): void;
  /** So many KiB from now on. */
  resize(kib: number): void;
  remount(option: 'ro' | 'rw'): void;
}

/** Does `body` while `folder`, with what is in it, lies on a disk of so many KiB; afterwards it is an ordinary folder with what was left there. */
export async function onSmallDisk(
  folder: string,
  kib: number,
  body: (disk: SmallDisk) => Promise<void>,
): Promise<void> {
  const content = mkdtempSync(path.join(tmpdir(), 'small-disk-'));
  mkdirSync(folder, { recursive: true });
  copy(folder, content);
  mount('-t', 'tmpfs', '-o', `size=${kib}k`, 'tmpfs', folder);
  try {
    copy(content, folder);
    await body(diskAt(folder));
  } finally {
    empty(content);
    copy(folder, content);
    execFileSync('umount', ['--lazy', folder]);
    rmSync(folder, { recursive: true });
    mkdirSync(folder);
    copy(content, folder);
    rmSync(content, { recursive: true });
  }
}

function diskAt(folder: string): SmallDisk {
  const filler = path.join(folder, 'filler.tmp');
  return {
    fill: (pagesLeft = 0) => {
      writeFileSync(filler, '');
      for (let isFull = false; !isFull;) isFull = !appends(filler);
      truncateSync(filler, Math.max(0, Math.ceil(statSync(filler).size / PAGE) - pagesLeft) * PAGE);
    },
    clear: () => rmSync(filler),
    resize: (kib) => mount('-o', `remount,size=${kib}k`, folder),
    remount: (option) => mount('-o', `remount,${option}`, folder),
  };
}

const PAGE = 4096;

function appends(file: string): boolean {
  try {
    appendFileSync(file, Buffer.alloc(PAGE));
    return true;
  } catch {
    return false; // The disk is full.
  }
}

function copy(from: string, to: string): void {
  cpSync(from, to, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
}

function empty(folder: string): void {
  rmSync(folder, { recursive: true });
  mkdirSync(folder);
}

function mount(...args: string[]): void {
  execFileSync('mount', args, { stdio: 'pipe' });
}

function whyNoMount(): string | null {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'only root can mount a small disk, on Linux';
  const folder = mkdtempSync(path.join(tmpdir(), 'small-disk-'));
  try {
    mount('-t', 'tmpfs', '-o', 'size=16k', 'tmpfs', folder);
    execFileSync('umount', [folder]);
    return null;
  } catch {
    return 'this machine lets nobody mount a small disk'; // A container without that capability.
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
