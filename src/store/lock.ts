import { createHash, randomBytes } from 'node:crypto';
import { closeSync, constants, futimesSync } from 'node:fs';
import path from 'node:path';
import { Problem } from '../core/problem.ts';
import { diskProblem } from '../files/disk-problem.ts';
import { lookAt, openChecked, readText } from '../files/door.ts';
import { makeFolder, remove } from '../files/folders.ts';
import { ageOf, claim, put, textIn, write } from './lock-file.ts';

/** A process for as long as files live; `start`, `boot` and `pidNamespace` tell it from another with the same pid. */
export interface LockProcess {
  readonly pid: number;
  readonly start: string;
  readonly boot: string;
  /** Empty in locks of older releases, and where the system has none. */
  readonly pidNamespace: string;
}

export interface LockRequest {
  readonly self: LockProcess;
  readonly host: string;
  /** Shown to those who find the workspace busy. */
  readonly runId: string;
  /** The workspace that is locked, for those who meet the lock from another one. */
  readonly workspace: string;
  readonly now: Date;
  /** Whether exactly this process of this boot and pid namespace still runs. */
  readonly isAlive: (process: LockProcess) => boolean;
  /** Waits, for the life of a holder that cannot be seen from here. */
  readonly sleep: (ms: number) => Promise<void>;
}

/** The right to work on what the lock stands for. */
export interface WorkspaceLock extends AsyncDisposable {
  /** Names another run of this process, such as a follow-up; puts the lock back if something removed it. */
  renew(runId: string): Promise<void>;
  /** Gives it free. A lock that is no longer ours is left alone. */
  release(): Promise<void>;
}

/** How often a holder touches its lock. */
export const TOUCH_MS = 5_000;
/** Without a touch for so long, a holder that cannot be seen is gone. */
const SILENT_MS = 20_000;
const LOOK_MS = 500;

/**
 * Takes the lock in `file`, also over from a process that is gone; of any number of processes that try, one gets it. A holder of the
 * same boot and pid namespace is asked about at once; of another one it is told by its life: it touches the lock while it lives.
 * Rejects with a Problem of kind `busy` that names the holder.
 */
export async function acquireLock(file: string, request: LockRequest): Promise<WorkspaceLock> {
  let ours = await take(file, request);
  const beat = setInterval(() => touch(file, ours), TOUCH_MS);
  beat.unref();
  const release = (): Promise<void> => {
    clearInterval(beat);
    try {
      if (textIn(file) === ours) remove(file);
    } catch {
      // Another folder, or a link, stands in its place: ours is not there any more. One that stays is taken over from a dead pid.
    }
    return Promise.resolve();
  };
  return {
    async renew(runId) {
      const renewed = { ...request, runId };
      ours = textIn(file) === ours ? rewrite(file, renewed) : await take(file, renewed);
    },
    release,
    [Symbol.asyncDispose]: release,
  };
}

/** A sign of life; whatever keeps it from being given shows itself elsewhere. */
function touch(file: string, ours: string): void {
  try {
    if (textIn(file) !== ours) return;
    const descriptor = openChecked(file, constants.O_WRONLY);
    const now = Date.now() / 1000;
    futimesSync(descriptor, now, now);
    closeSync(descriptor);
  } catch {
    // The lock is looked at again, and put back, after each turn.
  }
}

/** Resolves with the text of the lock, now ours. */
async function take(file: string, request: LockRequest): Promise<string> {
  const draft = `${file}.${process.pid}-${randomBytes(4).toString('hex')}.tmp`;
  const ours = holderText(request);
  try {
    makeFolder(path.dirname(file));
    write(draft, ours);
    while (!claim(draft, file)) {
      const found = textIn(file);
      if (found === null) continue; // Released in this moment.
      await refuseIfHeld(found, file, request);
      if (await takeOver({ file, draft, found, request })) break;
    }
    return ours;
  } catch (error) {
    throw diskProblem(error, file, 'written');
  } finally {
    remove(draft);
  }
}

/** Replaces a lock that we hold. */
function rewrite(file: string, request: LockRequest): string {
  const text = holderText(request);
  put(file, text);
  return text;
}

/** Who holds a lock, as it says. */
export interface Holder extends LockProcess {
  readonly host: string;
  readonly run_id: string;
  readonly since: string;
  /** Null in locks of older releases. */
  readonly workspace: string | null;
}

/** The random part makes each lock's text its own: a takeover names the very lock that it replaces. */
function holderText({ self, host, runId, workspace, now }: LockRequest): string {
  const nonce = randomBytes(8).toString('hex');
  const { pid, start, boot, pidNamespace } = self;
  const who = { pid, host, start, boot, pid_namespace: pidNamespace, run_id: runId, workspace };
  return `${JSON.stringify({ ...who, since: now.toISOString(), nonce })}\n`;
}

/** Null: nobody holds it, or what stands there names nobody. Changes nothing. */
export function holderOf(file: string): Holder | null {
  try {
    return holderIn(readText(file) ?? '');
  } catch {
    return null; // Something that is no file, or may not be read.
  }
}

/** Rejects when the process that wrote `text` into `file` may still run. */
async function refuseIfHeld(text: string, file: string, request: LockRequest): Promise<void> {
  const holder = holderIn(text);
  if (holder === null) {
    // Long ago: what a power cut left. Now: on a disk without hard links a lock is empty for a moment.
    if (text === '' && ageOf(file) < TOUCH_MS)
      throw new Problem('busy', 'busy: another process is just starting', null);
    return;
  }
  const { self, host, isAlive } = request;
  const isSeen =
    holder.pidNamespace === ''
      ? holder.host === host
      : holder.boot === self.boot && holder.pidNamespace === self.pidNamespace;
  // A release that did not touch its lock may be at work on the other host.
  const isOld = holder.pidNamespace === '';
  if (isSeen ? !isAlive(holder) : !isOld && (await isSilent(text, file, request))) return;
  const there = holder.workspace !== null && holder.workspace !== request.workspace ? ` in ${holder.workspace}` : '';
  const where = holder.host === host ? '' : ` on host ${holder.host}`;
  throw new Problem(
    'busy',
    `busy: pid ${holder.pid}, run ${holder.run_id} since ${holder.since}${there}${where}`,
    isSeen
      ? 'Wait for it to end, or stop it with Ctrl-C in its terminal.'
      : isOld
        ? `If nothing runs there any more, delete ${file} and try again.`
        : `It touches ${file} while it lives: wait for it to end, or stop it where it runs.`,
  );
}

/** Whether the lock stays as it is for as long as a living holder never leaves it. */
async function isSilent(text: string, file: string, { sleep }: LockRequest): Promise<boolean> {
  const first = touchOf(file);
  for (let waited = 0; waited < SILENT_MS; waited += LOOK_MS) {
    await sleep(LOOK_MS);
    if (textIn(file) !== text) return true; // Released or taken over: the caller looks again.
    if (touchOf(file) !== first) return false;
  }
  return true;
}

function touchOf(file: string): number | null {
  return lookAt(file)?.writtenMs ?? null;
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

interface Takeover {
  readonly file: string;
  readonly draft: string;
  /** The text of the stale lock. */
  readonly found: string;
  readonly request: LockRequest;
}

/**
 * Replaces the stale lock. The right to do so is a lock itself, on a file named after the text of the stale one: who holds
 * it alone may replace that lock, so that between the last look and the replacement nobody else can. A process that died
 * with this right is followed by the holder of the right to its text, and so on. False: look again.
 */
async function takeOver(takeover: Takeover): Promise<boolean> {
  const { file, draft, found } = takeover;
  const rights = await claimRight(takeover, found);
  const own = rights.at(-1);
  if (own === undefined) return false;
  let done = [own];
  try {
    const isStale = textIn(file) === found;
    if (isStale) put(file, textIn(draft) ?? '');
    // That text never comes back: the rights of the dead to it are void.
    done = rights;
    return isStale;
  } finally {
    for (const right of done) remove(right);
  }
}

/** The files of the rights from the first to ours, those before it being of processes that died; none: look again. */
async function claimRight({ file, draft, request }: Takeover, found: string): Promise<string[]> {
  const rights: string[] = [];
  for (let text = found; ;) {
    const right = `${file}.${createHash('sha1').update(text).digest('hex')}.tmp`;
    rights.push(right);
    if (claim(draft, right)) return rights;
    const other = textIn(right);
    if (other === null) return [];
    await refuseIfHeld(other, right, request);
    text = other;
  }
}
