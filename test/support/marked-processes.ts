import { readdirSync, readFileSync } from 'node:fs';

export interface MarkedProcess {
  readonly pid: number;
  readonly command: string;
}

/** Living processes whose environment has the variable (Linux; elsewhere none are found). */
export function processesMarked(mark: string): MarkedProcess[] {
  return pids().flatMap((pid) => {
    const environment = procFile(pid, 'environ').split('\0');
    if (!environment.some((entry) => entry.startsWith(`${mark}=`)) || !isAlive(pid)) return [];
    return [{ pid, command: procFile(pid, 'cmdline').replaceAll('\0', ' ').trim() }];
  });
}

/** False for one that is gone or a zombie. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  return !/^\d+ \(.*\) [ZX]/s.test(procFile(pid, 'stat'));
}

/** Waits for a condition that nothing announces; throws with `what` when it does not come true in time. */
export async function until(what: () => string, condition: () => boolean, timeoutMs = 50_000): Promise<void> {
  const end = performance.now() + timeoutMs;
  while (!condition()) {
    if (performance.now() > end) throw new Error(`not within ${timeoutMs} ms: ${what()}`);
    await new Promise((done) => setTimeout(done, 10));
  }
}

function pids(): number[] {
  try {
    return readdirSync('/proc').map(Number).filter(Number.isInteger);
  } catch {
    return []; // Not Linux: nothing can be said of environments.
  }
}

function procFile(pid: number, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8');
  } catch {
    return ''; // It has gone, or is another user's.
  }
}
