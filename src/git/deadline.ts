import { Problem } from '../core/problem.ts';

/** The operator's wish to stop: git may finish what it does at the first, and nothing waits for it after the second. */
export interface Stops {
  readonly stop?: AbortSignal;
  readonly hurry?: AbortSignal;
}

export interface Deadline {
  /** Aborts when the time is up. */
  readonly signal: AbortSignal;
  /** Why it did, in words; null: it has not. */
  readonly reason: () => string | null;
  /** To be called when the call is over. */
  readonly settle: () => void;
}

const USUAL_MS = 2 * 60_000;
const LONG_MS = 10 * 60_000;
/** What a call may still take once the operator stops, in ms: enough for a checkpoint, and within ten seconds in all. */
const AFTER_STOP_MS = 6000;
/** How long git may take to go when it is told to. */
const LAST_MOMENTS_MS = 2000;

/** Starts the time of one call. */
export function deadlineOf({ stop, hurry }: Stops, isLong: boolean): Deadline {
  const control = new AbortController();
  let reason: string | null = null;
  const timers = new Set<NodeJS.Timeout>();
  const after = (ms: number, why: string) => {
    const end = () => {
      reason ??= why;
      control.abort();
    };
    timers.add(setTimeout(end, ms));
  };
  const most = isLong ? LONG_MS : USUAL_MS;
  after(most, `did not end within ${most / 60_000} minutes`);
  const onStop = () => after(AFTER_STOP_MS, 'did not end after the stop');
  const onHurry = () => after(0, 'was ended by the second signal');
  const listen = (signal: AbortSignal | undefined, react: () => void) => {
    if (signal?.aborted === true) react();
    else signal?.addEventListener('abort', react, { once: true });
  };
  listen(stop, onStop);
  listen(hurry, onHurry);
  return {
    signal: control.signal,
    reason: () => reason,
    settle() {
      for (const timer of timers) clearTimeout(timer);
      stop?.removeEventListener('abort', onStop);
      hurry?.removeEventListener('abort', onHurry);
    },
  };
}

interface Ending {
  readonly command: string;
  /** Ends what a polite signal did not. */
  readonly kill: () => Promise<void> | undefined;
}

/** Waits for a call to end, and no longer than its deadline: a Problem then says why. Never leaves the call's own rejection unheard. */
export async function withinDeadline(call: PromiseLike<unknown>, deadline: Deadline, ending: Ending): Promise<void> {
  const over = Promise.resolve(call).then(
    () => null,
    (error: unknown) => ({ error }),
  );
  const expired = new Promise<'expired'>((resolve) => {
    deadline.signal.addEventListener('abort', () => resolve('expired'), { once: true });
  });
  const first = await Promise.race([over, expired]);
  deadline.settle();
  const reason = deadline.reason();
  if (first !== 'expired' && reason === null) {
    if (first !== null) throw first.error;
    return;
  }
  if (first === 'expired') await goesWithin(over, ending);
  throw new Problem('git', `${ending.command} ${reason ?? 'was ended'}`, 'Resume the run: it goes on from here.');
}

/** It was told to end; what holds out, a filter perhaps, is killed. */
async function goesWithin(over: Promise<unknown>, { kill }: Ending): Promise<void> {
  const { promise: waited, resolve } = Promise.withResolvers<'waited'>();
  const timer = setTimeout(resolve, LAST_MOMENTS_MS, 'waited');
  if ((await Promise.race([over, waited])) === 'waited') await kill();
  clearTimeout(timer);
}
