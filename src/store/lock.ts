import { createHash, randomBytes } from 'node:crypto';
import { closeSync, constants, futimesSync } from 'node:fs';
import path from 'node:path';
import { diskProblem } from '../files/disk-problem.ts';
import { lookAt, openChecked } from '../files/door.ts';
import { makeFolder, remove } from '../files/folders.ts';
import { type Asking, judged, TOUCH_MS } from './holder.ts';
import { claim, put, textIn, write } from './lock-file.ts';

export interface LockRequest extends Asking {
  /** Shown to those who find the workspace busy. */
  readonly runId: string;
  readonly now: Date;
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

/** The text of a lock. The random part makes each one's its own: a takeover names the very lock that it replaces. */
export function holderText({ self, host, runId, workspace, now }: LockRequest): string {
  const nonce = randomBytes(8).toString('hex');
  const { pid, start, boot, pidNamespace } = self;
  const who = { pid, host, start, boot, pid_namespace: pidNamespace, run_id: runId, workspace };
  return `${JSON.stringify({ ...who, since: now.toISOString(), nonce })}\n`;
}

/** Rejects when the process that wrote `text` into `file` may still run. */
async function refuseIfHeld(text: string, file: string, request: LockRequest): Promise<void> {
  const { refusal, isSure } = judged(text, file, request);
  if (refusal === null || (!isSure && (await isSilent(text, file, request)))) return;
  throw refusal;
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
