import { readFileSync } from 'node:fs';
import type { StopSignal } from '../core/exit-codes.ts';
import type { StopRequest } from '../run/ports.ts';

/** Why a run is to stop: a signal, or standard output or error that is closed or full. */
export type StopCause = StopSignal | 'output';
import type { Signals } from '../work/ports.ts';

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
    stop.abort({ signal } satisfies StopRequest);
    onStop(cause);
  };
  process.on('SIGINT', () => ask('SIGINT'));
  process.on('SIGTERM', () => ask('SIGTERM'));
  if (!ignoresHangUp()) process.on('SIGHUP', () => ask('SIGHUP'));
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', () => {
      if (!stop.signal.aborted) ask('SIGHUP', 'output');
    });
  }
  return { stop: stop.signal, hurry: hurry.signal };
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
