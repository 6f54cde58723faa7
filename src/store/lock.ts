import { createHash, randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Problem } from '../core/problem.ts';
import { replaceFile } from '../files/replace.ts';
import { diskProblem, isErrno, isMissing } from '../files/disk-problem.ts';
import { guardPath } from './disk/guard.ts';
import type { StateFiles } from './layout.ts';

/** A process for as long as files live; `start` and `boot` tell it from a later one with the same pid. */
export interface LockProcess {
  readonly pid: number;
  readonly start: string;
  readonly boot: string;
}

export interface LockRequest {
  readonly self: LockProcess;
  readonly host: string;
  /** Shown to those who find the workspace busy. */
  readonly runId: string;
  readonly now: Date;
  /** Whether exactly this process of this machine still runs. */
  readonly isAlive: (process: LockProcess) => boolean;
}

/** The right to write the workspace's state. */
export interface WorkspaceLock extends AsyncDisposable {
  /** Names another run of this process, such as a follow-up; puts the lock back if something removed it. */
  renew(runId: string): Promise<void>;
  /** Gives the workspace free. A lock that is no longer ours is left alone. */
  release(): Promise<void>;
}

/**
 * Takes the workspace's lock, also over from a process that is gone; of any number of processes that try, one gets it.
 * Rejects with a Problem of kind `busy` that names the holder (spec: resume.md, one process per workspace).
 */
export async function acquireLock(state: StateFiles, request: LockRequest): Promise<WorkspaceLock> {
  let ours = await take(state, request);
  const release = async () => {
    if ((await textIn(state.lock)) === ours) await rm(state.lock, { force: true });
  };
  return {
    async renew(runId) {
      const renewed = { ...request, runId };
      const isOurs = (await textIn(state.lock)) === ours;
      ours = isOurs ? await rewrite(state, renewed) : await take(state, renewed);
    },
    release,
    [Symbol.asyncDispose]: release,
  };
}

/** Resolves with the text of the lock, now ours. */
async function take(state: StateFiles, request: LockRequest): Promise<string> {
  guardPath(state, state.lock);
  const draft = draftName(state);
  const ours = holderText(request);
  try {
    await mkdir(state.folder, { recursive: true });
    await writeFile(draft, ours, { flag: 'wx' });
    while (!(await claim(draft, state.lock))) {
      const found = await textIn(state.lock);
      if (found === null) continue; // Released in this moment.
      await refuseIfHeld(found, state.lock, request);
      if (await takeOver({ state, draft, found, request })) break;
    }
    return ours;
  } catch (error) {
    throw diskProblem(error, state.lock, 'written');
  } finally {
    await rm(draft, { force: true });
  }
}

/** Replaces a lock that we hold. */
async function rewrite(state: StateFiles, request: LockRequest): Promise<string> {
  const text = holderText(request);
  await replaceFile(state.lock, text);
  return text;
}

/** Who a lock names. */
export interface LockRecord extends LockProcess {
  readonly host: string;
  readonly run_id: string;
  readonly since: string;
}

/** The random part makes each lock's text its own: a takeover names the very lock that it replaces. */
function holderText({ self, host, runId, now }: LockRequest): string {
  const nonce = randomBytes(8).toString('hex');
  return `${JSON.stringify({ pid: self.pid, host, start: self.start, boot: self.boot, run_id: runId, since: now.toISOString(), nonce })}\n`;
}

/** Throws when the process that wrote `text` into `file` may still run. */
async function refuseIfHeld(text: string, file: string, { host, isAlive }: LockRequest): Promise<void> {
  const holder = holderIn(text);
  if (holder === null) {
    // Long ago: what a power cut left. Now: on a disk without hard links a lock is empty for a moment.
    if (text === '' && (await ageOf(file)) < 5_000)
      throw new Problem('busy', 'busy: another process is just starting', null);
    return;
  }
  if (holder.host === host && !isAlive(holder)) return;
  const who = `busy: pid ${holder.pid}, run ${holder.run_id} since ${holder.since}`;
  if (holder.host === host) {
    throw new Problem('busy', who, 'Wait for it to end, or stop it with Ctrl-C in its terminal.');
  }
  throw new Problem(
    'busy',
    `${who} on host ${holder.host}`,
    `If nothing runs there any more, delete ${file} and try again.`,
  );
}

/** Null: nobody holds the lock, or what stands there names nobody. Neither takes nor changes it. */
export async function readLock(state: StateFiles): Promise<LockRecord | null> {
  const text = await textIn(state.lock);
  return text === null ? null : holderIn(text);
}

function holderIn(text: string): LockRecord | null {
  try {
    const { pid, start, boot, host, run_id, since } = JSON.parse(text) as Partial<Record<string, unknown>>;
    if (typeof pid !== 'number' || typeof host !== 'string') return null;
    return { pid, host, start: String(start), boot: String(boot), run_id: String(run_id), since: String(since) };
  } catch {
    // Not JSON, or JSON without fields: no process to ask about.
    return null;
  }
}

interface Takeover {
  readonly state: StateFiles;
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
  const { state, draft, found } = takeover;
  const rights = await claimRight(takeover, found);
  const own = rights.at(-1);
  if (own === undefined) return false;
  let done = [own];
  try {
    const isStale = (await textIn(state.lock)) === found;
    if (isStale) await replaceFile(state.lock, (await textIn(draft)) ?? '');
    // That text never comes back: the rights of the dead to it are void.
    done = rights;
    return isStale;
  } finally {
    for (const right of done) await rm(right, { force: true });
  }
}

/** The files of the rights from the first to ours, those before it being of processes that died; none: look again. */
async function claimRight({ state, draft, request }: Takeover, found: string): Promise<string[]> {
  const rights: string[] = [];
  for (let text = found; ;) {
    const right = `${state.lock}.${createHash('sha1').update(text).digest('hex')}.tmp`;
    rights.push(right);
    if (await claim(draft, right)) return rights;
    const other = await textIn(right);
    if (other === null) return [];
    await refuseIfHeld(other, right, request);
    text = other;
  }
}

/** Makes `file` a complete copy of `draft`, unless it exists: false. */
async function claim(draft: string, file: string): Promise<boolean> {
  try {
    await link(draft, file).catch(async (error: unknown) => {
      if (!isErrno(error) || !['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'].includes(error.code)) throw error;
      // A file system without hard links (exFAT, shared folders).
      await writeFile(file, await readFile(draft), { flag: 'wx' });
    });
    return true;
  } catch (error) {
    if (isErrno(error) && error.code === 'EEXIST') return false;
    throw error;
  }
}

/** In ms; none when the file is gone. */
async function ageOf(file: string): Promise<number> {
  try {
    return Date.now() - (await stat(file)).mtimeMs;
  } catch (error) {
    if (isMissing(error)) return 0;
    throw error;
  }
}

function draftName(state: StateFiles): string {
  return path.join(state.folder, `lock.${process.pid}-${randomBytes(4).toString('hex')}.tmp`);
}

async function textIn(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (isMissing(error)) return null;
    throw diskProblem(error, file, 'read');
  }
}
