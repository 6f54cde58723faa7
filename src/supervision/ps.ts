import { execFileSync } from 'node:child_process';
import { plainName, type ProcessRow, type ProcessTable } from './process-table.ts';

/**
 * macOS and other systems without /proc, as far as `ps` goes: starts in whole seconds, process groups for sessions, and no
 * look at the environment of the system's own programs. A process that leaves its group and its parent between two
 * samples is lost.
 */
export const ps: ProcessTable = {
  sampleMs: 3000,
  readAll: () => parseRows(output('/bin/ps', ['-ax', ...COLUMNS])),
  read: (pid) => parseRows(output('/bin/ps', ['-p', String(pid), ...COLUMNS])).get(pid) ?? null,
  isStopped: (pid) => output('/bin/ps', ['-p', String(pid), '-o', 'stat=']).startsWith('T'),
  leavesUnheard: () => false,
  nameOf: (pid) => plainName(output('/bin/ps', ['-p', String(pid), '-o', 'ucomm='])),
  carriersOf(variable, rows) {
    const wanted = new Set([...rows].map(({ pid }) => pid));
    const pids = new Set<number>();
    for (const line of output('/bin/ps', ['-axEww', '-o', 'pid=', '-o', 'command=']).split('\n')) {
      const pid = Number.parseInt(line, 10);
      if (wanted.has(pid) && line.includes(` ${variable}=`)) pids.add(pid);
    }
    return { pids, complete: false };
  },
  epoch: () => ({ boot: (boot ??= readBoot()), pidNamespace: '' }),
};

// One -o each: on some systems everything after a `=` is the heading.
const COLUMNS = ['pid=', 'ppid=', 'pgid=', 'stat=', 'time=', 'lstart='].flatMap((column) => ['-o', column]);
let boot: string | null = null;

function readBoot(): string {
  const session = output('/usr/sbin/sysctl', ['-n', 'kern.bootsessionuuid']).trim();
  return session || output('/usr/sbin/sysctl', ['-n', 'kern.boottime']).trim();
}

function parseRows(text: string): Map<number, ProcessRow> {
  const rows = new Map<number, ProcessRow>();
  for (const line of text.split('\n')) {
    const [pid, parent, group, state, time = '', ...started] = line.trim().split(/\s+/);
    const seconds = Date.parse(`${started.join(' ')} UTC`) / 1000;
    if (state === undefined || state.startsWith('Z') || Number.isNaN(seconds)) continue;
    rows.set(Number(pid), {
      pid: Number(pid),
      start: String(seconds),
      parent: Number(parent),
      session: Number(group),
      cpuMs: processorMs(time),
      endedMs: 0,
    });
  }
  return rows;
}

/** `12:34.56` and `1-02:03:04`: seconds last, then minutes, hours and days. */
function processorMs(time: string): number {
  const parts = time.split(/[:-]/).reverse().map(Number);
  const seconds = parts.reduce((sum, part, at) => sum + part * ([1, 60, 3600, 86_400][at] ?? 0), 0);
  return Number.isNaN(seconds) ? 0 : Math.round(seconds * 1000);
}

/** In UTC, so that a change of time zone does not change a start. */
function output(program: string, args: readonly string[]): string {
  try {
    return execFileSync(program, args, {
      encoding: 'utf8',
      env: { LC_ALL: 'C', TZ: 'UTC' },
      maxBuffer: 256 * 1024 * 1024,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  } catch {
    return ''; // `ps -p` fails for a process that is gone; a missing option means that this system does not show it.
  }
}
