import { mkdirSync, readdirSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { readCached } from '../files/cache-file.ts';
import type { LockProcess } from './holder.ts';

/** A process that is about to work on a run and holds no lock yet. */
export interface Start extends LockProcess {
  readonly host: string;
  readonly taskId: string;
  readonly runId: string;
  /** ISO 8601. */
  readonly since: string;
}

/** The starts of a workspace: below its machine folder, where they are seen before anything is written into the workspace. */
const FOLDER = 'starting';

/**
 * Says that this process starts a run, until what it returns is called. A note for those who look: where it cannot be
 * written, the start goes on without it. `isAlive` tells which notes of others are of processes that died.
 */
export function announceStart(machine: string | null, start: Start, isAlive: (start: Start) => boolean): () => void {
  if (machine === null) return () => undefined;
  const file = path.join(machine, FOLDER, `${start.pid}.json`);
  try {
    mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
    for (const other of startsOf(machine)) if (!isAlive(other)) withdraw(fileOf(machine, other));
    rmSync(file, { force: true }); // Of a process that had our number, or what nobody can write to.
    writeFileSync(file, JSON.stringify(start), { flag: 'wx', mode: 0o600 });
  } catch {
    return () => undefined; // A full or read-only home: the start itself says so where that matters.
  }
  return () => withdraw(file);
}

/** The starts that were announced, also those of processes that died since. */
export function startsOf(machine: string): readonly Start[] {
  try {
    return readdirSync(path.join(machine, FOLDER)).flatMap((name) => readStart(path.join(machine, FOLDER, name)));
  } catch {
    return []; // None was announced yet, or whoever looks may not read them.
  }
}

function fileOf(machine: string, { pid }: Start): string {
  return path.join(machine, FOLDER, `${pid}.json`);
}

function withdraw(file: string): void {
  try {
    rmSync(file, { force: true });
    rmdirSync(path.dirname(file));
  } catch {
    // Others start as well, or the disk refuses: the process is gone before long, and its note says nothing then.
  }
}

function readStart(file: string): Start[] {
  // None, where it was withdrawn meanwhile or is being written.
  const { pid, start, boot, pidNamespace, host, taskId, runId, since } = readCached(file) as Partial<Start>;
  const texts = [start, boot, pidNamespace, host, taskId, runId, since];
  if (typeof pid !== 'number' || !texts.every((text) => typeof text === 'string')) return [];
  return [{ pid, start, boot, pidNamespace, host, taskId, runId, since } as Start];
}
