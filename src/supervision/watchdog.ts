import { spawn, type ChildProcess } from 'node:child_process';
import { readSync } from 'node:fs';
import { reapLedger } from './reap.ts';
import { atMost, sleep } from './wait.ts';

/**
 * The program's first argument when it is to be the watchdog: `<program> --internal-watchdog <ledger>`. To be decided
 * before anything else is imported; this file and what it imports need node's own modules only.
 */
export const WATCHDOG_ARGUMENT = '--internal-watchdog';

/**
 * The watchdog's whole life: waits until the other end of its standard input closes, which happens when its owner ends for
 * whatever reason, SIGKILL included; then ends what the ledger names. After a clean end there is no ledger any more.
 */
export async function keepWatch(ledger: string): Promise<never> {
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => undefined);
  await endOfInput();
  await reapLedger(ledger, { ownerIsDead: true });
  process.exit(0);
}

export interface Watchdog {
  /** Of the one at work; null when the system had no room for it. */
  pid(): number | null;
  /** Lets it go and waits for its end, a second at most. The ledger's fate is to be settled before. */
  release(): Promise<void>;
}

/** Starts a watchdog, and another one whenever it dies. `selfArgv` starts this program: its executable, then its script if any. */
export function startWatchdog(ledger: string, selfArgv: readonly string[]): Watchdog {
  const [command = process.execPath, ...args] = selfArgv;
  let child: ChildProcess | null = null;
  let released = false;
  let delay = FIRST_RESTART_MS;
  const start = (): void => {
    if (released) return;
    const startedAt = performance.now();
    child = launch(command, [...args, WATCHDOG_ARGUMENT, ledger]);
    void ended(child).then(() => {
      const livedLong = performance.now() - startedAt > LAST_RESTART_MS;
      delay = livedLong ? FIRST_RESTART_MS : Math.min(delay * 2, LAST_RESTART_MS);
      setTimeout(start, delay).unref();
    });
  };
  start();
  return {
    pid: () => child?.pid ?? null,
    async release() {
      released = true;
      child?.stdin?.end();
      await atMost(1000, ended(child));
    },
  };
}

const FIRST_RESTART_MS = 100;
const LAST_RESTART_MS = 10_000;

/**
 * In a session of its own, so that no terminal's signal reaches it. Of the environment it has next to nothing: no mark, but
 * not nothing at all either, which is what a program shows that is just being started.
 * Null when the system has no room for it now.
 */
function launch(command: string, args: readonly string[]): ChildProcess | null {
  let child: ChildProcess;
  try {
    child = spawn(command, args, {
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
      cwd: '/',
      env: { LC_ALL: 'C' },
    });
  } catch {
    return null; // It is tried again; until then the next start's reaper stands in for it.
  }
  child.stdin?.on('error', () => undefined); // Nothing is ever written; that it died, 'exit' tells.
  child.unref(); // Neither the process nor its pipe may keep us running.
  (child.stdin as { unref?: () => void } | null)?.unref?.();
  return child;
}

function ended(child: ChildProcess | null): Promise<unknown> {
  if (!child || child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => child.once('exit', resolve).once('error', resolve));
}

/** Reads without an event loop turning, which takes a third of the memory. A signal's EINTR is not the end. */
async function endOfInput(): Promise<void> {
  const byte = Buffer.alloc(1);
  for (;;) {
    try {
      if (readSync(0, byte, 0, 1, null) === 0) return;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== 'EAGAIN' && code !== 'EINTR') return; // ECONNRESET and the like: the other end is gone.
      await sleep(50);
    }
  }
}
