import { existsSync } from 'node:fs';
import type { ProcessId, ProcessTable } from './process-table.ts';
import { procfs } from './procfs.ts';
import { ps } from './ps.ts';

/** This machine's. */
export const processTable: ProcessTable = existsSync('/proc/self/stat') ? procfs : ps;

/** Whether exactly this process still runs, not a later one with its pid. */
export function isRunning(process: ProcessId): boolean {
  return processTable.read(process.pid)?.start === process.start;
}
