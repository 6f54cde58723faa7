import type { StopSignal } from '../core/exit-codes.ts';
import type { StopRequest } from '../run/ports.ts';

/** The operator's wish to stop: `stop` at the first signal, `hurry` at the second. */
export interface Signals {
  readonly stop: AbortSignal;
  readonly hurry: AbortSignal;
}

/** Listens for the signals that stop a run, and for a terminal or reader that went away, which counts as a hang-up. */
export function listenForSignals(onStop: (signal: StopSignal) => void): Signals {
  const stop = new AbortController();
  const hurry = new AbortController();
  const ask = (signal: StopSignal) => {
    if (stop.signal.aborted) {
      hurry.abort();
      return;
    }
    stop.abort({ signal } satisfies StopRequest);
    onStop(signal);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => ask(signal));
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', () => {
      if (!stop.signal.aborted) ask('SIGHUP');
    });
  }
  return { stop: stop.signal, hurry: hurry.signal };
}
