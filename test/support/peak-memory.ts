import { readFileSync } from 'node:fs';

/** The largest resident size that a process has had, in bytes; null: it has not started or has ended, or there is no /proc. */
export function peakMemory(pid: number): number | null {
  try {
    const line = /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'));
    return line === null ? null : Number(line[1]) * 1024;
  } catch {
    return null;
  }
}
