import { readdirSync, readFileSync } from 'node:fs';

/**
 * Looks at this machine's processes on its own account, so that supervision is not measured with its own ruler. Linux.
 */
export interface Seen {
  readonly pid: number;
  readonly start: string;
}

/** Null when no such process runs; a zombie does not. */
export function see(pid: number): Seen | null {
  const text = readOrEmpty(`/proc/${pid}/stat`);
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return text === '' || fields[0] === 'Z' ? null : { pid, start: fields[19]! };
}

export function runs(process: Seen): boolean {
  return see(process.pid)?.start === process.start;
}

/** Those with `text` in their command line or environment, ourselves excluded. */
export function mentioning(text: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^[0-9]+$/.test(name) && Number(name) !== process.pid)
    .filter((pid) => readOrEmpty(`/proc/${pid}/environ`).includes(text) || commandLine(Number(pid)).includes(text))
    .map(Number);
}

export function commandLine(pid: number): string {
  return readOrEmpty(`/proc/${pid}/cmdline`).replaceAll('\0', ' ');
}

/** The process whose pid is in this file; null until it is. */
export function seeFromFile(file: string): Seen | null {
  const pid = Number.parseInt(readOrEmpty(file), 10);
  return pid > 0 ? see(pid) : null;
}

export function readOrEmpty(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return ''; // Not there yet, or gone: the caller polls.
  }
}

/** Polls until `look` returns something true, and returns it. Throws after `ms`, naming what was waited for. */
export async function until<T>(what: string, look: () => T, ms = 50_000): Promise<NonNullable<T>> {
  for (const end = performance.now() + ms; performance.now() < end;) {
    const seen = look();
    if (seen) return seen;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`waited ${ms} ms in vain for ${what}`);
}
