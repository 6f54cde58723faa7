import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import type { ProcessRow, ProcessTable } from './process-table.ts';

/** Linux. Formats: proc(5). Unreadable entries are processes that ended meanwhile, or another user's. */
export const procfs: ProcessTable = {
  sampleMs: 1000,
  readAll() {
    const rows = new Map<number, ProcessRow>();
    for (const name of readdirSync('/proc')) {
      if (!/^[0-9]+$/.test(name)) continue;
      const row = readRow(Number(name));
      if (row) rows.set(row.pid, row);
    }
    return rows;
  },
  read: readRow,
  carriersOf: (variable, pids) => new Set([...pids].filter((pid) => carries(pid, variable))),
  epoch: () => ({
    boot: readText('/proc/sys/kernel/random/boot_id').trim(),
    pidNamespace: readLink('/proc/self/ns/pid'),
  }),
};

function readRow(pid: number): ProcessRow | null {
  const text = readText(`/proc/${pid}/stat`);
  // The second field is the program's name in parentheses and may itself hold blanks and parentheses.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [state, parent, , session] = fields;
  const threads = fields[17];
  const start = fields[19];
  if (start === undefined || state === 'X') return null;
  // A process whose first thread has ended shows as a zombie although its other threads work on.
  if (state === 'Z' && Number(threads) < 2) return null;
  return { pid, start, parent: Number(parent), session: Number(session) };
}

function carries(pid: number, variable: string): boolean {
  return `\0${readText(`/proc/${pid}/environ`)}`.includes(`\0${variable}=`);
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return ''; // The process is gone or not ours; for a caller both mean that there is nothing to see.
  }
}

function readLink(file: string): string {
  try {
    return readlinkSync(file);
  } catch {
    return ''; // A kernel without namespaces: then there is only one.
  }
}
