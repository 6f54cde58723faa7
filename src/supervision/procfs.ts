import { closeSync, openSync, readdirSync, readFileSync, readlinkSync, readSync } from 'node:fs';
import { plainName, type ProcessRow, type ProcessTable } from './process-table.ts';

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
  isStopped: (pid) => /^[tT]$/.test(fieldsOf(pid)[0] ?? ''),
  leavesUnheard(pid) {
    const pending = (read(`/proc/${pid}/status`) ?? '').matchAll(/^(?:SigPnd|ShdPnd):\s*([0-9a-f]+)$/gm);
    return [...pending].some(([, mask = '']) => (Number.parseInt(mask.slice(-8), 16) & STOPPING) !== 0);
  },
  nameOf: (pid) => plainName(read(`/proc/${pid}/comm`)),
  carriersOf(variable, rows, first) {
    const pids = new Set<number>();
    let complete = true;
    for (const { pid, start } of rows) {
      if (Number(start) < Number(first.start)) continue;
      const environment = read(`/proc/${pid}/environ`);
      if (environment === '') complete = false;
      else if (`\0${environment ?? ''}`.includes(`\0${variable}=`)) pids.add(pid);
    }
    return { pids, complete };
  },
  epoch: () => ({
    boot: (read('/proc/sys/kernel/random/boot_id') ?? '').trim(),
    pidNamespace: readLink('/proc/self/ns/pid'),
  }),
};

/** Set in the flags of the kernel's own threads. */
const PF_KTHREAD = 0x200000;
/** SIGHUP, SIGINT and SIGTERM in a mask of signals, where the first bit is that of signal 1. */
const STOPPING = (1 << 0) | (1 << 1) | (1 << 14);
/** The unit of processor time that the kernel shows: 100 a second on every system that Linux runs on today. */
const TICK_MS = 10;
/** A line of /proc/<pid>/stat is never as long. */
const line = Buffer.alloc(4096);

function readRow(pid: number): ProcessRow | null {
  const fields = fieldsOf(pid);
  const [state, parent, , session] = fields;
  const [flags, user, system, threads, start] = [fields[6], fields[11], fields[12], fields[17], fields[19]];
  if (start === undefined || state === 'X') return null;
  // A process whose first thread has ended shows as a zombie although its other threads work on.
  if (state === 'Z' && Number(threads) < 2) return null;
  if ((Number(flags) & PF_KTHREAD) !== 0) return null;
  const cpuMs = (Number(user) + Number(system)) * TICK_MS;
  const endedMs = (Number(fields[13]) + Number(fields[14])) * TICK_MS;
  return { pid, start, parent: Number(parent), session: Number(session), cpuMs, endedMs };
}

/** What its line says from the state on; of one that is gone: nothing. */
function fieldsOf(pid: number): string[] {
  const text = readLine(`/proc/${pid}/stat`);
  // The second field is the program's name in parentheses and may itself hold blanks and parentheses.
  return text.slice(text.lastIndexOf(')') + 2).split(' ');
}

/** Every process is read at every look: this takes half of what `readFileSync` does. */
function readLine(file: string): string {
  let descriptor: number;
  try {
    descriptor = openSync(file, 'r');
  } catch {
    return ''; // The process is gone or not ours; for a caller both mean that there is nothing to see.
  }
  try {
    return line.toString('latin1', 0, readSync(descriptor, line, 0, line.length, null));
  } catch {
    return ''; // It ended between the two calls.
  } finally {
    closeSync(descriptor);
  }
}

/** Null when the process is gone or not ours: for a caller both mean that there is nothing to see. */
function read(file: string): string | null {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return null;
  }
}

function readLink(file: string): string {
  try {
    return readlinkSync(file);
  } catch {
    return ''; // A kernel without namespaces: then there is only one.
  }
}
