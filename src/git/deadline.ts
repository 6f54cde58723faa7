import { Problem } from '../core/problem.ts';

/** The operator's wish to stop: git may finish what it does at the first, and nothing waits for it after the second. */
export interface Stops {
  readonly stop?: AbortSignal;
  readonly hurry?: AbortSignal;
}

/** The times that all calls of a runner share. */
export class Times {
  readonly stops: Stops;
  #stoppedAt: number | null = null;

  constructor(stops: Stops) {
    this.stops = stops;
    const note = () => (this.#stoppedAt ??= performance.now());
    if (stops.stop?.aborted === true) note();
    else stops.stop?.addEventListener('abort', note, { once: true });
  }

  /** What is left for git since the operator's stop, in ms, however many calls have taken of it. */
  leftAfterStop(): number {
    const since = this.#stoppedAt === null ? 0 : performance.now() - this.#stoppedAt;
    return Math.max(0, AFTER_STOP_MS - since);
  }
}

export interface DeadlineOptions {
  readonly times: Times;
  /** The command, in words. */
  readonly command: string;
  /** How long it may take, in ms. */
  readonly mostMs: number;
  /** What a call that takes long may be waiting for in vain, as the Problem to end it with; null: nothing. */
  readonly look: () => Problem | null;
}

export interface Deadline {
  /** Aborts when the time is up. */
  readonly signal: AbortSignal;
  /** Why it did; null: it has not, or what was wanted is there. */
  readonly problem: () => Problem | null;
  /** What was wanted is there: the call is ended, and that is no failure. */
  readonly enough: () => void;
  /** To be called when the call is over. */
  readonly settle: () => void;
}

/** What a call may take, in ms: one that reads content, as much as there is, takes longer than others. */
export const USUAL_MS = 2 * 60_000;
export const LONG_MS = 10 * 60_000;
/** What all calls may still take once the operator stops, in ms: enough for a checkpoint, and within ten seconds in all. */
const AFTER_STOP_MS = 6000;
/** How long git may take to go when it is told to. */
const LAST_MOMENTS_MS = 2000;
/** When a call that is not over is looked into first; then after twice the time, and so on. */
const FIRST_LOOK_MS = 3000;

/** Starts the time of one call. */
export function deadlineOf({ times, command, mostMs, look }: DeadlineOptions): Deadline {
  const { stop, hurry } = times.stops;
  const control = new AbortController();
  let problem: Problem | null = null;
  const timers = new Set<NodeJS.Timeout>();
  // The call itself keeps the program at work, and one that never began must not.
  const after = (ms: number, react: () => void) => timers.add(setTimeout(react, ms).unref());
  const end = (reason: Problem) => {
    problem ??= reason;
    control.abort();
  };
  const because = (why: string) => () =>
    end(new Problem('git', `${command} ${why}`, 'Resume the run: it goes on from here.'));
  const lookAfter = (ms: number) =>
    after(ms, () => {
      const found = look();
      if (found === null) lookAfter(2 * ms);
      else end(found);
    });
  after(mostMs, because(`did not end within ${mostMs < 60_000 ? `${mostMs / 1000} s` : `${mostMs / 60_000} minutes`}`));
  lookAfter(FIRST_LOOK_MS);
  const onStop = () => after(times.leftAfterStop(), because('did not end after the stop'));
  const onHurry = () => after(0, because('was ended by the second signal'));
  const listen = (signal: AbortSignal | undefined, react: () => void) => {
    if (signal?.aborted === true) react();
    else signal?.addEventListener('abort', react, { once: true });
  };
  listen(stop, onStop);
  listen(hurry, onHurry);
  return {
    signal: control.signal,
    problem: () => problem,
    enough: () => control.abort(),
    settle() {
      for (const timer of timers) clearTimeout(timer);
      stop?.removeEventListener('abort', onStop);
      hurry?.removeEventListener('abort', onHurry);
    },
  };
}

/** Waits for a call to end, and no longer than its deadline, whose Problem says why. Never leaves the call's own rejection unheard. */
export async function withinDeadline(
  call: PromiseLike<unknown>,
  deadline: Deadline,
  /** Ends what a polite signal did not. */
  kill: () => Promise<void> | undefined,
): Promise<void> {
  const over = Promise.resolve(call).then(
    () => null,
    (error: unknown) => ({ error }),
  );
  const expired = new Promise<'expired'>((resolve) => {
    if (deadline.signal.aborted) resolve('expired');
    deadline.signal.addEventListener('abort', () => resolve('expired'), { once: true });
  });
  const first = await Promise.race([over, expired]);
  deadline.settle();
  if (first === 'expired') await goesWithin(over, kill);
  else if (first !== null && !deadline.signal.aborted) throw first.error;
  const problem = deadline.problem();
  if (problem !== null) throw problem;
}

/** It was told to end; what holds out, a filter perhaps, is killed. */
async function goesWithin(over: Promise<unknown>, kill: () => Promise<void> | undefined): Promise<void> {
  const { promise: waited, resolve } = Promise.withResolvers<'waited'>();
  const timer = setTimeout(resolve, LAST_MOMENTS_MS, 'waited');
  if ((await Promise.race([over, waited])) === 'waited') await kill();
  clearTimeout(timer);
}
