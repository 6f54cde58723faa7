import { spawn, type ChildProcessByStdio } from 'node:child_process';
import type { Readable } from 'node:stream';
import { type ProgramPlace, startOf } from './find-program.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** What a short question to a program (`--version`, `--help`) gave. */
export interface Said {
  /** Null when it did not run to its end; `error` then says why. */
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly error: string | null;
}

export type Ask = (command: string, args: readonly string[]) => Promise<Said>;

const ANSWER_WITHIN_MS = 20_000;

/**
 * Asks programs that answer within moments and need no input. Never rejects. With `stop`, which ends a question at once, a program has
 * a group of its own, so that it ends with what it started; without, a Ctrl-C in the terminal reaches all of them.
 */
export function askIn(place: ProgramPlace, stop: AbortSignal | null = null): Ask {
  const { cwd, env } = place;
  return async (program, args) => {
    if (stop?.aborted === true) return unanswered(STOPPED);
    try {
      const options = { cwd, env: { ...env }, detached: stop !== null };
      const [command, ...words] = startOf(program, place);
      return await answerOf(
        spawn(command, [...words, ...args], { ...options, stdio: ['ignore', 'pipe', 'pipe'] }),
        stop,
      );
    } catch (error) {
      return unanswered(whyNotStarted(error as NodeJS.ErrnoException)); // Bun throws what Node reports.
    }
  };
}

const STOPPED = 'it was stopped before it had answered';

type Asked = ChildProcessByStdio<null, Readable, Readable>;

/** Rejects when it could not be started. */
function answerOf(child: Asked, stop: AbortSignal | null): Promise<Said> {
  return new Promise((resolve, reject) => {
    const said = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8').on('data', (text: string) => {
        if (said[name].length < MOST_CHARACTERS) said[name] += text;
      });
    }
    let error: string | null = null;
    const letGo = () => {
      for (const stream of [child.stdout, child.stderr]) stream.destroy();
    };
    const end = (why: string) => {
      error ??= why;
      kill(child, stop !== null);
      letGo();
    };
    // What it left running may hold the output open: its answer is complete all the same.
    child.once('exit', () => setTimeout(letGo, LAST_WORDS_MS).unref());
    const onStop = () => end(STOPPED);
    const timer = setTimeout(end, ANSWER_WITHIN_MS, `no answer within ${ANSWER_WITHIN_MS / 1000} s`);
    stop?.addEventListener('abort', onStop);
    const settle = () => {
      clearTimeout(timer);
      stop?.removeEventListener('abort', onStop);
    };
    child.once('error', (problem) => {
      settle();
      reject(problem);
    });
    child.once('close', (exitCode, signal) => {
      settle();
      if (signal !== null) error ??= `it was ended by ${signal}`;
      resolve({ exitCode: error === null ? exitCode : null, ...said, error });
    });
  });
}

const MOST_CHARACTERS = 4 << 20;
/** How long output may still arrive once the program has ended. */
const LAST_WORDS_MS = 500;

function kill({ pid }: Asked, hasGroup: boolean): void {
  if (pid === undefined) return;
  try {
    process.kill(hasGroup ? -pid : pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

function unanswered(error: string): Said {
  return { exitCode: null, stdout: '', stderr: '', error };
}

function whyNotStarted({ code, message }: NodeJS.ErrnoException): string {
  switch (code) {
    case 'ENOENT':
      return 'there is no such file, or the interpreter that its first line names is missing (ENOENT)';
    case 'ENOEXEC':
      return 'it is neither a program for this machine nor a script whose first line names its interpreter (ENOEXEC)';
    default:
      return message;
  }
}
