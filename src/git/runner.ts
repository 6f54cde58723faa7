import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { getSystemErrorName } from 'node:util';
import { Problem } from '../core/problem.ts';
import { wholeArguments } from './arguments.ts';
import { deadlineOf, LONG_MS, Times, USUAL_MS, withinDeadline } from './deadline.ts';
import type { Stops } from './deadline.ts';
import { leftLock } from './left-lock.ts';
import { findGit } from './program.ts';
import type { GitProgram } from './program.ts';

/** How a git process is started: what its environment has besides the common one, and its standard input (default: empty). */
export interface GitCall {
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: Buffer;
  /** It reads content, as much as there is: ten minutes in place of two. */
  readonly isLong?: boolean;
  /** Fewer than these: what is wanted for somebody who waits. */
  readonly withinMs?: number;
  /** The begin of its output is wanted, up to so many bytes: there it is ended. What is left says no more than that: it may be longer. */
  readonly mostBytes?: number;
  /** What it may be waiting for in vain when it takes long, as the Problem that ends it; null: nothing. */
  readonly look?: () => Problem | null;
}

/** What a git process left. `killed`: a signal ended it; `missing`: there is no such program; negative: it could not be started. */
export interface GitOutput {
  readonly code: number | 'killed' | 'missing';
  readonly out: Buffer;
  readonly err: Buffer;
}

/** Starts git and reports how it ended. A failing git is a value here; whoever asked judges it. */
export interface GitRunner {
  /** How many processes have been started. */
  readonly count: number;
  run(cwd: string, args: readonly string[], call?: GitCall): Promise<GitOutput>;
}

/** Keeps account of calls, so that what one leaves that dies with us is known for ours. */
export interface CallRecord {
  /** The call is about to start. The result is what its environment carries, to be found by. */
  begin(args: readonly string[]): Readonly<Record<string, string>>;
  /** `isOver` false: it was ended, and may have left something. */
  end(isOver: boolean): void;
  /** Ends whatever is left of the calls that are going on. */
  kill(): Promise<void>;
}

export interface RunnerOptions extends Stops {
  /** A git in the work tree around this folder is not run. */
  readonly workspace?: string;
  readonly record?: CallRecord;
}

/** A runner of the git that is on PATH now. Throws a Problem when that one lies in the work tree. */
export function createRunner(options: RunnerOptions = {}): GitRunner {
  const program = findGit(options.workspace ?? null);
  const times = new Times(options);
  let count = 0;
  return {
    get count() {
      return count;
    },
    run(cwd, args, call) {
      count += 1;
      return recorded(options.record, args, (mark) => runGit({ cwd, args, program, options, times, mark }, call ?? {}));
    },
  };
}

async function recorded<T>(
  record: CallRecord | undefined,
  args: readonly string[],
  call: (mark: Readonly<Record<string, string>>) => Promise<T>,
): Promise<T> {
  const mark = record?.begin(args) ?? {};
  let isOver = false;
  try {
    const result = await call(mark);
    isOver = true;
    return result;
  } finally {
    record?.end(isOver);
  }
}

/** The installed git, such as `2.39.5`; null when there is none. */
export async function gitVersion(runner: GitRunner = createRunner()): Promise<string | null> {
  const output = await runner.run(tmpdir(), ['version']);
  return output.code === 0 ? output.out.toString().replace('git version', '').trim() : null;
}

/** The Problem of a git command that ended badly: the command and git's own words on one line. */
export function gitFailure(args: readonly string[], output: GitOutput, hint: string | null = null): Problem {
  const command = `git ${args[0] ?? ''}`;
  const words = output.err
    .toString()
    .split('\n')
    .map((line) => line.replaceAll(/\p{Cc}/gu, ' ').trim())
    .filter((line) => line !== '')
    .join('; ')
    .replaceAll(':; ', ': ')
    .slice(0, 1000);
  const lock = leftLock(output.err.toString());
  if (lock !== null) return lock;
  if (output.code === 'missing') return new Problem('git', `${command}: the program git was not found on PATH`, hint);
  if (output.code === 'killed') return new Problem('git', `${command} was ended by a signal. ${words}`.trim(), hint);
  if (output.code < 0) return new Problem('git', `${command} could not be started: ${errorName(output.code)}`, hint);
  return new Problem('git', `${command} failed with exit code ${output.code}: ${words || 'it said nothing'}`, hint);
}

/** Where the user's configuration and identity are, and where the search for a repository ends: the user's to say. */
const INHERITED = [
  'GIT_CONFIG_GLOBAL',
  'GIT_CONFIG_SYSTEM',
  'GIT_CONFIG_NOSYSTEM',
  'GIT_CEILING_DIRECTORIES',
  'GIT_DISCOVERY_ACROSS_FILESYSTEM',
  'GIT_AUTHOR_NAME',
  'GIT_AUTHOR_EMAIL',
  'GIT_COMMITTER_NAME',
  'GIT_COMMITTER_EMAIL',
];

/** LC_ALL=C: failures are recognized by git's words. GIT_EDITOR: should anything ever open an editor, it is one that returns. */
const FIXED = {
  LC_ALL: 'C',
  LANGUAGE: 'C',
  GIT_TERMINAL_PROMPT: '0',
  GIT_OPTIONAL_LOCKS: '0',
  GIT_EDITOR: ':',
  // A partial clone may fetch what it lacks, but not through a program that its configuration names (`ext::`).
  GIT_ALLOW_PROTOCOL: 'file:git:http:https:ssh',
};

/** Everything else of GIT_* could point git at another repository, index or program. */
function environment(): Record<string, string> {
  const result: Record<string, string> = {};
  for (const [name, value] of Object.entries(process.env)) {
    const foreign = /^(GIT_.*|EDITOR|VISUAL|PAGER|SSH_ASKPASS|PREFIX)$/i.test(name) && !INHERITED.includes(name);
    if (!foreign && value !== undefined) result[name] = value;
  }
  return { ...result, ...FIXED };
}

const ALLOWED = [
  ...INHERITED,
  ...Object.keys(FIXED),
  'GIT_INDEX_FILE',
  'GIT_AUTHOR_DATE',
  'GIT_DIR',
  'GIT_WORK_TREE',
  'GIT_COMMON_DIR',
];

interface Started {
  readonly cwd: string;
  readonly args: readonly string[];
  readonly program: GitProgram;
  readonly options: RunnerOptions;
  readonly times: Times;
  readonly mark: Readonly<Record<string, string>>;
}

async function runGit({ cwd, args, program, options, times, mark }: Started, call: GitCall): Promise<GitOutput> {
  if (program.file === null) return { code: 'missing', out: Buffer.alloc(0), err: Buffer.alloc(0) };
  const { simpleGit } = await import('simple-git');
  if (!existsSync(cwd)) throw new Problem('git', `git ${args[0] ?? ''}: the folder ${cwd} does not exist any more`);
  const err: Buffer[] = [];
  let code: number | null = null;
  const { isLong = false, withinMs, mostBytes = Infinity, look = () => null } = call;
  const mostMs = withinMs ?? (isLong ? LONG_MS : USUAL_MS);
  const deadline = deadlineOf({ times, command: `git ${args[0] ?? ''}`, mostMs, look });
  const out = new Begin(mostBytes, deadline.enough);
  // One instance a call: standard input can only be given to the constructor.
  const git = simpleGit({
    baseDir: cwd,
    binary: program.file,
    trimmed: false,
    allowEnvironment: ALLOWED,
    unsafe: {
      allowUnsafeHooksPath: true,
      allowUnsafeEditor: true,
      allowUnsafeConfigPaths: true,
      allowUnsafeFsMonitor: true,
      allowUnsafeCustomBinary: true,
    },
    completion: { onClose: true, onExit: false },
    abort: deadline.signal,
    // Without a buffer, even an empty one, standard input stays open and git waits for it.
    input: () => call.input ?? Buffer.alloc(0),
    // simple-git takes a silent failure and a death by signal for success: the caller judges instead.
    errors: (_error, result) => {
      code = result.exitCode;
      return undefined;
    },
  })
    .env({ ...environment(), PATH: program.path, ...mark, ...call.env })
    .outputHandler((_command, stdout, stderr) => {
      stdout.on('data', (chunk: Buffer) => out.take(chunk));
      stderr.on('data', (chunk: Buffer) => err.push(chunk));
      // A silent command is held back for 50 ms in case that output is late. After the end of the output none is.
      stdout.once('end', () => stdout.emit('data', Buffer.alloc(0)));
    });
  const ended = git.raw(wholeArguments(args));
  await withinDeadline(ended, deadline, () => options.record?.kill());
  return { code: out.isFull ? 0 : meaning(code), out: out.bytes, err: Buffer.concat(err) };
}

/** The begin of an output, as much of it as is wanted. */
class Begin {
  readonly #onFull: () => void;
  readonly #parts: Buffer[] = [];
  #left: number;

  constructor(most: number, onFull: () => void) {
    this.#left = most;
    this.#onFull = onFull;
  }

  get isFull(): boolean {
    return this.#left === 0;
  }

  get bytes(): Buffer {
    return Buffer.concat(this.#parts);
  }

  take(chunk: Buffer): void {
    if (this.isFull) return;
    const part = chunk.subarray(0, this.#left);
    this.#parts.push(part);
    this.#left -= part.length;
    if (this.#left === 0) this.#onFull();
  }
}

/** Node reports a program that could not be started by a negative error number. -2 is ENOENT; the folder exists, so it is git. */
function meaning(code: number | null): GitOutput['code'] {
  if (code === null) return 'killed';
  return code === -2 ? 'missing' : code;
}

function errorName(code: number): string {
  return getSystemErrorName(code);
}
