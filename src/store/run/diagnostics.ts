import { constants } from 'node:fs';
import path from 'node:path';
import { diskProblem } from '../../files/disk-problem.ts';
import { openChecked } from '../../files/door.ts';
import { makeFolder, moveAside } from '../../files/folders.ts';
import { FileFault } from '../../files/fault.ts';
import type { RunLayout } from '../layout.ts';

/** The program's own log, for whoever looks for a fault: never the event log, never the operator's screen. */
export interface Diagnostics {
  info(fields: Readonly<Record<string, unknown>>, message: string): void;
  warn(fields: Readonly<Record<string, unknown>>, message: string): void;
  error(fields: Readonly<Record<string, unknown>>, message: string): void;
}

/** What it is written by takes its time to load. */
export const loadDiagnostics = () => import('pino');

/** Appends JSON lines to the run's `diagnostics.log`, each written when it is said. A disk that refuses them is ignored. */
export async function openDiagnostics(layout: RunLayout): Promise<Diagnostics> {
  makeFolder(path.dirname(layout.diagnostics));
  const fd = openLog(layout.diagnostics);
  const { pino } = await loadDiagnostics();
  const destination = pino.destination({ fd, sync: true });
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

/** Throws a Problem of kind `state`. What is no file of its own is moved out of the way. */
function openLog(file: string): number {
  try {
    return openChecked(file, constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT);
  } catch (error) {
    if (!(error instanceof FileFault) || error.fault === 'link') throw diskProblem(error, file, 'written');
    moveAside(file, 'aside', new Date());
    return openLog(file);
  }
}
