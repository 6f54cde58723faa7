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

/** How often the one on the lookout looks at its owner, in ms, and at how many looks in succession a signal may be unheard. */
const LOOK_MS = 2500;
const UNHEARD_LOOKS = OBEYS_WITHIN_MS / LOOK_MS;

/**
 * Waits for the end of the owner at the other end of standard input, and ends it where it does not obey in time. True: it let go, with
 * nothing left to end. One that the kernel holds in a call hears no signal and can say nothing: whoever is on the lookout sees that.
 */
export async function endOfOwner(owner: ProcessId | null, isLookout: boolean): Promise<boolean> {
  const word = isLookout && owner !== null ? await wordOrSilence(owner) : await nextWord();
  if (word !== WORD.stopping) return word === WORD.over;
  // With an event loop from here on, which can wait for two things.
  const isLetGo = lastWord().then((last) => last === WORD.over);
  if (owner !== null && !(await obeys(owner, isLetGo))) signal(owner, 'SIGKILL');
  // Stuck in the kernel it stays: its agents must not.
  return (await comesWithin(LAST_MOMENTS_MS, isLetGo)) && (await isLetGo);
}

/** The owner's next word; null where there is none, also since it heard no signal for too long and was killed. */
async function wordOrSilence(owner: ProcessId): Promise<string | null> {
  const word = readByte();
  const over = new AbortController();
  const isDeaf = staysDeaf(owner, over.signal);
  const first = await Promise.race([word, isDeaf.then(() => 'deaf' as const)]);
  over.abort();
  if (first !== 'deaf') return first;
  signal(owner, 'SIGKILL');
  await comesWithin(LAST_MOMENTS_MS, word);
  return null;
}

/** Resolves once it has left a signal unheard for as long as it may take to obey one, or when `over` is aborted. Looks count, not time: we may be stopped, too. */
export async function staysDeaf(owner: ProcessId, over: AbortSignal): Promise<void> {
  for (let looks = 0; looks <= UNHEARD_LOOKS && !over.aborted;) {
    await sleep(LOOK_MS);
    const isDeaf = processTable.leavesUnheard(owner.pid) && !processTable.isStopped(owner.pid);
    looks = isDeaf ? looks + 1 : 0;
  }
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
  for (let word: string | null = null; ;) {
    const next = await readByte();
    if (next === null) return word;
    word = next;
  }
}

/** Like `nextWord`, while an event loop turns. */
async function readByte(): Promise<string | null> {
  const byte = Buffer.alloc(1);
  for (;;) {
    const size = await new Promise<number | NodeJS.ErrnoException>((resolve) =>
      read(0, byte, 0, 1, null, (error, count) => resolve(error ?? count)),
    );
    if (typeof size === 'number') return size === 0 ? null : byte.toString('latin1');
    if (!isPassing(size)) return null;
    await sleep(50);
  }
}

function isPassing(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'EAGAIN' || code === 'EINTR';
}
