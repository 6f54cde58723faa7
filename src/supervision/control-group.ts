import { accessSync, constants, existsSync, mkdirSync, readFileSync, rmdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { sleep } from './wait.ts';

/**
 * A control group of our own (Linux, cgroup v2) holds every descendant of what is put into it, whatever that does to get
 * away. Returns its folder, or null where we may not have one: most ssh sessions, containers and CI machines.
 */
export function createControlGroup(name: string): string | null {
  const mount = /^\S+ \S+ \S+ \S+ (\S+) .* - cgroup2 /m.exec(readText('/proc/self/mountinfo'))?.[1];
  const own = /^0::(.*)$/m.exec(readText('/proc/self/cgroup'))?.[1];
  if (mount === undefined || own === undefined || own.includes('..')) return null;
  const parent = path.join(mount, own);
  const group = path.join(parent, name);
  try {
    accessSync(path.join(parent, 'cgroup.procs'), constants.W_OK);
    mkdirSync(group);
  } catch {
    return null; // Not delegated to us, which is the usual case.
  }
  return group;
}

/**
 * When it resolves, we are in the group, and so is what we start from then on, from its birth: moved afterwards, it may have forked. For
 * good, because the kernel takes ten milliseconds to let a process in.
 */
export function enterControlGroup(group: string): Promise<void> {
  return moveTo(group);
}

export function leaveControlGroup(group: string): Promise<void> {
  return moveTo(path.dirname(group));
}

export function pidsIn(group: string): number[] {
  return readText(path.join(group, 'cgroup.procs')).split('\n').filter(Boolean).map(Number);
}

/** Tries for a fifth of a second: whoever was in it last may still be on the way out. */
export async function removeControlGroup(group: string): Promise<void> {
  for (let tries = 10; tries > 0 && existsSync(group); tries -= 1) {
    try {
      rmdirSync(group);
      return;
    } catch {
      await sleep(20); // If a survivor is still in it: an empty group costs nothing.
    }
  }
}

async function moveTo(group: string): Promise<void> {
  try {
    await writeFile(path.join(group, 'cgroup.procs'), `${process.pid}\n`);
  } catch {
    // This system forbids it after all: mark and parentage still find what was started.
  }
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return ''; // No cgroups here.
  }
}
