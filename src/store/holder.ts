import { Problem } from '../core/problem.ts';
import { timeText } from '../core/time-text.ts';
import { diskProblem } from '../files/disk-problem.ts';
import { readText } from '../files/door.ts';
import { FileFault } from '../files/fault.ts';
import { ageOf } from './lock-file.ts';

/** A process for as long as files live; `start`, `boot` and `pidNamespace` tell it from another with the same pid. */
export interface LockProcess {
  readonly pid: number;
  readonly start: string;
  readonly boot: string;
  /** Empty in locks of older releases, and where the system has none. */
  readonly pidNamespace: string;
}

/** Who asks for a lock. */
export interface Asking {
  readonly self: LockProcess;
  readonly host: string;
  /** The workspace that is locked, for those who meet the lock from another one. */
  readonly workspace: string;
  /** Whether exactly this process of this boot and pid namespace still runs. */
  readonly isAlive: (process: LockProcess) => boolean;
}

/** Who holds a lock, as it says. */
export interface Holder extends LockProcess {
  readonly host: string;
  readonly run_id: string;
  readonly since: string;
  /** Null in locks of older releases. */
  readonly workspace: string | null;
}

/** How often a holder touches its lock. */
export const TOUCH_MS = 5_000;
/** Null: nobody holds it, or what stands there names nobody. Changes nothing. */
export function holderOf(file: string): Holder | null {
  try {
    return holderIn(readText(file) ?? '');
  } catch {
    return null; // Something that is no file, or may not be read.
  }
}

/** Null: the text names nobody. */
function holderIn(text: string): Holder | null {
  try {
    const { pid, start, boot, host, run_id, since, ...more } = JSON.parse(text) as Partial<Record<string, unknown>>;
    if (typeof pid !== 'number' || typeof host !== 'string') return null;
    const pidNamespace = typeof more.pid_namespace === 'string' ? more.pid_namespace : '';
    const workspace = typeof more.workspace === 'string' ? more.workspace : null;
    const who = { pid, host, pidNamespace, workspace };
    return { ...who, start: String(start), boot: String(boot), run_id: String(run_id), since: String(since) };
  } catch {
    // Not JSON, or JSON without fields: no process to ask about.
    return null;
  }
}

/** Why a lock could not be taken now, as far as that shows without waiting for its holder; null: nothing shows. Changes nothing. */
export function lockRefusal(file: string, asking: Asking): Problem | null {
  const text = standingIn(file);
  if (text === null) return null;
  const { refusal, isSure } = judged(text, file, asking);
  return isSure ? refusal : null;
}

/** What is no file names no holder, and is moved out of the way by whoever takes the lock. */
function standingIn(file: string): string | null {
  try {
    return readText(file);
  } catch (error) {
    if (error instanceof FileFault && error.fault !== 'link') return null;
    throw diskProblem(error, file, 'read');
  }
}

/** Who keeps others out; where, is for the caller to say. */
export function busyText({ pid, run_id: runId, since }: Holder): string {
  return `busy: pid ${pid}, run ${runId} since ${timeText(since)}`;
}

export const WAIT_OR_STOP = 'Wait for it to end, or stop it with Ctrl-C in its terminal.';

/** Not sure: only its signs of life tell whether the holder runs. */
export function judged(text: string, file: string, request: Asking): { refusal: Problem | null; isSure: boolean } {
  const holder = holderIn(text);
  if (holder === null) {
    // Long ago, or dated in the future: what a power cut or somebody else left. Now: on a disk without hard links a lock is empty for a moment.
    const isNew = text === '' && Math.abs(ageOf(file)) < TOUCH_MS;
    return {
      refusal: isNew ? new Problem('busy', 'busy: another process is just starting', null) : null,
      isSure: true,
    };
  }
  const { self, host, isAlive } = request;
  // A release that did not touch its lock may be at work on the other host.
  const isOld = holder.pidNamespace === '';
  const isSeen = isOld ? holder.host === host : holder.boot === self.boot && holder.pidNamespace === self.pidNamespace;
  if (isSeen && !isAlive(holder)) return { refusal: null, isSure: true };
  const there = holder.workspace !== null && holder.workspace !== request.workspace ? ` in ${holder.workspace}` : '';
  const where = holder.host === host ? '' : ` on host ${holder.host}`;
  const refusal = new Problem(
    'busy',
    `${busyText(holder)}${there}${where}`,
    isSeen
      ? WAIT_OR_STOP
      : isOld
        ? `If nothing runs there any more, delete ${file} and try again.`
        : `It touches ${file} while it lives: wait for it to end, or stop it where it runs.`,
  );
  return { refusal, isSure: isSeen || isOld };
}
