import { accessSync, constants, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

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

/** Calls `start` with ourselves in the group, so that what it starts is born there: moved afterwards, it may have forked. */
export function inControlGroup<T>(group: string, start: () => T): T {
  enter(group);
  try {
    return start();
  } finally {
    enter(path.dirname(group));
  }
}

export function pidsIn(group: string): number[] {
  return readText(path.join(group, 'cgroup.procs')).split('\n').filter(Boolean).map(Number);
}

export function removeControlGroup(group: string): void {
  try {
    rmdirSync(group);
  } catch {
    // Gone with a reboot, or a survivor is still in it; an empty group costs nothing.
  }
}

function enter(group: string): void {
  try {
    writeFileSync(path.join(group, 'cgroup.procs'), `${process.pid}\n`);
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
