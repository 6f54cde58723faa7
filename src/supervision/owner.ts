import { read, readSync } from 'node:fs';
import { OwnTime } from './own-time.ts';
import { processTable } from './platform.ts';
import type { ProcessId } from './process-table.ts';
import { signal } from './terminate/signal.ts';
import { sleep } from './wait.ts';

/** What an owner tells its watchdogs, a byte each: its work is over; it was told to stop. The end of the pipe without a word is its death. */
export const WORD = { over: '.', stopping: '!' } as const;

/** How long an owner that was told to stop may take, in ms: ending its agents takes nine seconds at most. */
const OBEYS_WITHIN_MS = 15_000;
/** How long one that was killed may take to go. */
const LAST_MOMENTS_MS = 2000;

/**
 * Waits for the end of the owner at the other end of standard input, and ends it where it does not obey in time. True: it let go, with
 * nothing left to end.
 */
export async function endOfOwner(owner: ProcessId | null): Promise<boolean> {
  const word = await nextWord();
  if (word !== WORD.stopping) return word === WORD.over;
  // With an event loop from here on, which can wait for two things.
  const isLetGo = lastWord().then((last) => last === WORD.over);
  if (owner !== null && !(await obeys(owner, isLetGo))) signal(owner, 'SIGKILL');
  // Stuck in the kernel it stays: its agents must not.
  return (await comesWithin(LAST_MOMENTS_MS, isLetGo)) && (await isLetGo);
}

/** Whether it ends (`end`) in time. What it spends stopped, or we do, does not count. */
export async function obeys(owner: ProcessId, end: Promise<unknown>): Promise<boolean> {
  const time = new OwnTime();
  for (let [taken, lookedAt] = [0, time.now()]; taken < OBEYS_WITHIN_MS;) {
    if (await comesWithin(time.plan(OBEYS_WITHIN_MS), end)) return true;
    const now = time.now();
    if (!processTable.isStopped(owner.pid)) taken += now - lookedAt;
    lookedAt = now;
  }
  return false;
}

async function comesWithin(ms: number, promise: Promise<unknown>): Promise<boolean> {
  const { promise: late, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(resolve, ms, false);
  const isHere = await Promise.race([promise.then(() => true), late]);
  clearTimeout(timer);
  return isHere;
}

/** Reads without an event loop turning, which takes a third of the memory; null: the end. */
async function nextWord(): Promise<string | null> {
  const byte = Buffer.alloc(1);
  for (;;) {
    try {
      return readSync(0, byte, 0, 1, null) > 0 ? byte.toString('latin1') : null;
    } catch (error) {
      if (!isPassing(error)) return null; // ECONNRESET and the like: the other end is gone.
      await sleep(50); // A signal is not the end.
    }
  }
}

/** The last one before the end, whatever else is said. */
async function lastWord(): Promise<string | null> {
  const byte = Buffer.alloc(1);
  let word: string | null = null;
  for (;;) {
    const size = await new Promise<number | NodeJS.ErrnoException>((resolve) =>
      read(0, byte, 0, 1, null, (error, count) => resolve(error ?? count)),
    );
    if (typeof size !== 'number') {
      if (!isPassing(size)) return word;
      await sleep(50);
    } else if (size === 0) return word;
    else word = byte.toString('latin1');
  }
}

function isPassing(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'EAGAIN' || code === 'EINTR';
}
