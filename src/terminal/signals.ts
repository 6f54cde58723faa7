import { readFileSync } from 'node:fs';
import type { StopSignal } from '../core/exit-codes.ts';
import type { StopRequest } from '../run/ports.ts';
import type { Signals } from '../work/ports.ts';

/** Why a run is to stop: a signal, or standard output or error that is closed or full. */
export type StopCause = StopSignal | 'output';

const STOPPING = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** How long a reader has to take the last lines of a program that was told to stop, in ms. */
const LAST_LINES_MS = 1000;

let wasTold = false;

/**
 * Listens for the signals that stop a run, and for a terminal or reader that went away, which counts as a hang-up. A run that was
 * started to outlive its terminal (`nohup`) is not stopped by the signal for that.
 */
export function listenForSignals(onStop: (cause: StopCause) => void): Signals {
  const stop = new AbortController();
  const hurry = new AbortController();
  const ask = (signal: StopSignal, cause: StopCause = signal) => {
    if (stop.signal.aborted) {
      hurry.abort();
      return;
    }
    wasTold = true;
    stop.abort({ signal } satisfies StopRequest);
    onStop(cause);
  };
  const heard = ignoresHangUp() ? STOPPING.filter((signal) => signal !== 'SIGHUP') : STOPPING;
  for (const signal of heard) process.on(signal, () => ask(signal));
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', () => {
      if (!stop.signal.aborted) ask('SIGHUP', 'output');
    });
  }
  return { stop: stop.signal, hurry: hurry.signal };
}

/**
 * To be called when the work is over and its last lines may still wait for a reader: from now on a signal ends the program at once, and
 * one that was told to stop before does not wait for long.
 */
export function endWithoutReader(): void {
  for (const signal of STOPPING) if (process.listenerCount(signal) > 0) process.removeAllListeners(signal);
  if (wasTold) setTimeout(() => process.exit(), LAST_LINES_MS).unref();
}

/** Whether whoever started us told the system to ignore the signal. Only Linux says so. */
function ignoresHangUp(): boolean {
  try {
    const mask = /^SigIgn:\s*([0-9a-f]+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
    return mask !== undefined && Number.parseInt(mask.slice(-1), 16) % 2 === 1; // the lowest bit is SIGHUP's
  } catch {
    return false; // No such file on this system.
  }
}
