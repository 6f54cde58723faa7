import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, constants, fstatSync, readSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { Problem } from '../core/problem.ts';
import { screenText } from '../core/screen.ts';
import { openChecked } from '../files/door.ts';
import { lockHolder } from '../inspect/lock-holder.ts';
import { stateFiles } from '../store/layout.ts';
import { ownArgv } from '../supervision/own-argv.ts';

export interface ApartRequest {
  readonly workspace: string;
  /** After `--workspace`. */
  readonly args: readonly string[];
  /** All of its standard input. */
  readonly input: string;
  /** What it prints is added to this file, which need not exist. */
  readonly output: string;
  /** Where the lock of that run may be; by default in the workspace alone. */
  readonly places?: () => readonly string[];
  /** Whether the run that the process works on has begun; asked until it has, or the process is gone. */
  readonly hasBegun: (runId: string) => Promise<boolean>;
}

/** How long a start may take: an agent's login check alone may take some seconds. */
const BEGINS_WITHIN_MS = 30_000;
const LOOK_MS = 50;

/**
 * Starts this program in a process and a session of its own, which outlives us. Resolves with the run that it works on, once that has
 * begun. Rejects with a Problem that has the program's last words when it ends before, or takes too long.
 */
export async function launchApart(request: ApartRequest): Promise<string> {
  const { workspace, output, places = () => [workspace], hasBegun } = request;
  const file = openChecked(output, constants.O_RDWR | constants.O_CREAT | constants.O_APPEND);
  try {
    const from = fstatSync(file).size;
    const child = await started(request, file);
    let isGone = false;
    child.once('exit', () => (isGone = true));
    const hasEnded = () => isGone; // It changes behind the compiler's back.
    let runId: string | null = null;
    for (const end = Date.now() + BEGINS_WITHIN_MS; Date.now() < end;) {
      await delay(LOOK_MS);
      const wasGone = hasEnded();
      runId ??= await runHeldBy(child.pid, places());
      if (runId !== null && (await hasBegun(runId))) return runId;
      if (!wasGone) continue;
      throw new Problem(
        'usage',
        `it ended before the run began: ${lastWords(file, from)}`,
        `The rest is in ${output}.`,
      );
    }
    throw new Problem('state', `it has not begun after ${BEGINS_WITHIN_MS / 1000} s`, `What it says is in ${output}.`);
  } finally {
    closeSync(file);
  }
}

/** The run at which a living process works, in one of these workspaces; null: none. */
async function runHeldBy(pid: number | undefined, places: readonly string[]): Promise<string | null> {
  for (const place of places) {
    const holder = await lockHolder(stateFiles(place));
    if (holder?.pid === pid && holder?.alive === true) return holder.runId;
  }
  return null;
}

async function started({ workspace, args, input }: ApartRequest, output: number): Promise<ChildProcess> {
  const [program = '', ...before] = ownArgv();
  const child = spawn(program, [...before, '--workspace', workspace, ...args], {
    cwd: workspace,
    detached: true,
    stdio: ['pipe', output, output],
  });
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', reject);
  });
  child.stdin?.on('error', () => undefined); // It may end without reading.
  child.stdin?.end(input);
  child.unref();
  return child;
}

const MOST_WORDS = 600;

/** The end of what was printed since `from`, on one line. */
function lastWords(file: number, from: number): string {
  const size = Math.min(fstatSync(file).size - from, 4 * MOST_WORDS);
  const bytes = Buffer.alloc(Math.max(0, size));
  readSync(file, bytes, 0, bytes.length, fstatSync(file).size - bytes.length);
  const lines = screenText(bytes.toString()).split('\n');
  const said = lines.map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('[+]'));
  return said.join(' ').slice(-MOST_WORDS) || 'it printed nothing';
}
