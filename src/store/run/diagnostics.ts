import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { RunLayout } from '../layout.ts';
import { guardPath } from '../disk/guard.ts';

/** The program's own log, for whoever looks for a fault: never the event log, never the operator's screen. */
export interface Diagnostics {
  info(fields: Readonly<Record<string, unknown>>, message: string): void;
  warn(fields: Readonly<Record<string, unknown>>, message: string): void;
  error(fields: Readonly<Record<string, unknown>>, message: string): void;
}

/** Appends JSON lines to the run's `diagnostics.log`, each written when it is said. A disk that refuses them is ignored. */
export async function openDiagnostics(layout: RunLayout): Promise<Diagnostics> {
  guardPath(layout.task.state, layout.diagnostics);
  await mkdir(path.dirname(layout.diagnostics), { recursive: true });
  const { pino } = await import('pino');
  const destination = pino.destination({ dest: layout.diagnostics, sync: true });
  destination.on('error', () => {
    // A full disk shows itself where it matters, at the next write of the log of events.
  });
  const base = { pid: process.pid, run_id: layout.runId };
  const logger = pino({ base, timestamp: pino.stdTimeFunctions.isoTime }, destination);
  return {
    info: (fields, message) => logger.info(fields, message),
    warn: (fields, message) => logger.warn(fields, message),
    error: (fields, message) => logger.error(fields, message),
  };
}
