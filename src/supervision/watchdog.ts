import { spawn, type ChildProcess } from 'node:child_process';
import { WATCHDOG_ARGUMENT } from '../core/hidden-arguments.ts';
import { type Ledger, parseLedgerHeader } from './ledger.ts';
import { endOfOwner, WORD } from './owner.ts';
import { reapLedger } from './reap.ts';
import { atMost, sleep } from './wait.ts';

/**
 * A watchdog's whole life (this file and what it imports need node's own modules only): waits until its owner lets it go or the other end of its standard input closes, which happens
 * when its owner ends for whatever reason, SIGKILL included; then ends what the ledger names. An owner that was told to stop and is
 * still there a while later it ends first. It has the ledger's header from its birth: an agent may have deleted the file a moment
 * before. One of a higher `rank` leaves the first word to those before it, and
 * the lookout, which costs memory.
 */
export async function keepWatch(ledger: string, header: string, rank = '0'): Promise<never> {
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => undefined);
  const known = parseLedgerHeader(header, ledger);
  const released = await endOfOwner(known?.owner ?? null, rank === '0');
  if (!released) await sleep(Number(rank) * FIRST_WORD_MS);
  if (!released) {
    await reapLedger(ledger, { ownerIsDead: true, header: known });
    tellOfDeath();
  }
  process.exit(0);
}

/** How long those of a higher rank wait, so that two do not end each other where both were started inside the control group, in ms. */
const FIRST_WORD_MS = 300;
/** One may be killed together with its owner: then the other is there, without a moment in which there is none. */
const WATCHDOGS = 2;

/** What is started after the owner's death, with what environment. */
export interface OnDeath {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** How a watchdog is told of it, which has no argument to spare: agents could read one, too, but this holds what they must not see. */
const ON_DEATH = 'AUTOLOOP_ON_DEATH';

function tellOfDeath(): void {
  const { [ON_DEATH]: words, ...env } = process.env;
  if (words === undefined) return;
  const [command = '', ...args] = JSON.parse(words) as string[];
  const child = spawn(command, args, { detached: true, stdio: 'ignore', cwd: '/', env });
  child.on('error', () => undefined); // There is nobody left to tell.
  child.unref();
}

export interface Watchdogs {
  /** Whether this is one of those at work. */
  includes(pid: number): boolean;
  /** The program was told to stop: from now on it has some seconds. */
  stopping(): void;
  /** Lets them go and waits for their end, a second at most. `isOver`: there is nothing left to end; else they try once more. */
  release(isOver: boolean): Promise<void>;
}

/**
 * Starts two watchdogs, and another one whenever one dies. `selfArgv` starts this program: its executable, then its script if any.
 */
export function startWatchdogs(
  ledger: Pick<Ledger, 'file' | 'header'>,
  selfArgv: readonly string[],
  onDeath: OnDeath | null = null,
): Watchdogs {
  const env = onDeath === null ? {} : { ...onDeath.env, [ON_DEATH]: JSON.stringify(onDeath.argv) };
  const all = Array.from({ length: WATCHDOGS }, (_, rank) => startWatchdog(ledger, { selfArgv, env }, rank));
  return {
    includes: (pid) => all.some((one) => one.pid() === pid),
    stopping: () => all.forEach((one) => one.stopping()),
    async release(isOver) {
      await Promise.all(all.map((one) => one.release(isOver)));
    },
  };
}

interface Watchdog {
  /** Of the one at work; null when the system had no room for it. */
  readonly pid: () => number | null;
  readonly stopping: () => void;
  readonly release: (isOver: boolean) => Promise<void>;
}

function startWatchdog(
  ledger: Pick<Ledger, 'file' | 'header'>,
  { selfArgv, env }: { selfArgv: readonly string[]; env: Readonly<Record<string, string>> },
  rank: number,
): Watchdog {
  const [command = process.execPath, ...args] = selfArgv;
  let child: ChildProcess | null = null;
  let released = false;
  let isStopping = false;
  let delay = FIRST_RESTART_MS;
  const start = (): void => {
    if (released) return;
    const startedAt = performance.now();
    child = launch(command, [...args, WATCHDOG_ARGUMENT, ledger.file, JSON.stringify(ledger.header), `${rank}`], env);
    if (isStopping) child?.stdin?.write(WORD.stopping);
    void ended(child).then(() => {
      const livedLong = performance.now() - startedAt > LAST_RESTART_MS;
      delay = livedLong ? FIRST_RESTART_MS : Math.min(delay * 2, LAST_RESTART_MS);
      setTimeout(start, delay).unref();
    });
  };
  start();
  return {
    pid: () => child?.pid ?? null,
    stopping() {
      isStopping = true;
      child?.stdin?.write(WORD.stopping);
    },
    async release(isOver) {
      released = true;
      child?.stdin?.end(isOver ? WORD.over : '');
      await atMost(1000, ended(child));
    },
  };
}

const FIRST_RESTART_MS = 100;
const LAST_RESTART_MS = 10_000;

/**
 * In a session of its own, so that no terminal's signal reaches it. Of the environment it has what is to be told of a death, else next to nothing: no mark, but
 * not nothing at all either, which is what a program shows that is just being started.
 * Null when the system has no room for it now.
 */
function launch(command: string, args: readonly string[], env: Readonly<Record<string, string>>): ChildProcess | null {
  let child: ChildProcess;
  try {
    child = spawn(command, args, {
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
      cwd: '/',
      env: { ...env, LC_ALL: 'C' },
    });
  } catch {
    return null; // It is tried again; until then the next start's reaper stands in for it.
  }
  child.stdin?.on('error', () => undefined); // That it died, 'exit' tells.
  child.unref(); // Neither the process nor its pipe may keep us running.
  (child.stdin as { unref?: () => void } | null)?.unref?.();
  return child;
}

function ended(child: ChildProcess | null): Promise<unknown> {
  if (!child || child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => child.once('exit', resolve).once('error', resolve));
}
