import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { commandUnderTest, type Sandbox } from './sandbox.ts';

export interface StartOptions {
  /** All of standard input (''), which is then at its end; null leaves it open for `type`. */
  readonly stdin?: string | null;
  readonly env?: Readonly<Record<string, string>>;
  /** The workspace. */
  readonly cwd?: string;
  /** 3 min; then it is killed and `done` rejects. */
  readonly timeoutMs?: number;
  /** Run on a terminal of its own (needs `script` of util-linux); its output is all in `stdout`. */
  readonly terminal?: boolean;
  /** Started by this program: `['nohup']`. */
  readonly through?: readonly string[];
  /** Run by this user, which only root can arrange. */
  readonly uid?: number;
}

/** How the program ended. */
export interface Finished {
  readonly args: readonly string[];
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Both without the time of the day with which the lines of a run begin. */
  readonly stdout: string;
  readonly stderr: string;
  /** Standard output to the byte. */
  readonly printed: string;
  readonly ms: number;
}

/** The program at work. */
export interface Running {
  readonly pid: number;
  readonly args: readonly string[];
  readonly done: Promise<Finished>;
  /** What was printed until now, standard output and error as they came. */
  output(): string;
  /** Resolves with the match when the output has it; rejects when the program ends without. */
  sees(pattern: RegExp): Promise<RegExpExecArray>;
  type(text: string): void;
  endInput(): void;
  signal(name: NodeJS.Signals): void;
  /** Rejects when the program ends before `promise` settles, with what it printed. */
  orExit<T>(promise: Promise<T>): Promise<T>;
}

/** Starts the program under test. */
export function startProgram(sandbox: Sandbox, args: readonly string[], options: StartOptions = {}): Running {
  const began = performance.now();
  const { file, args: first } = commandUnderTest();
  const words = [...(options.through ?? []), file, ...first, ...args];
  const [command = '', ...rest] =
    options.terminal === true ? ['script', '-qefc', words.map(quote).join(' '), '/dev/null'] : words;
  const child = spawn(command, rest, {
    cwd: options.cwd ?? sandbox.workspace,
    env: { ...sandbox.env, ...options.env },
    ...(options.uid === undefined ? {} : { uid: options.uid, gid: options.uid }),
  });
  const transcript = new Transcript(child);
  const stdin = options.stdin === undefined ? (options.terminal === true ? null : '') : options.stdin;
  child.stdin.on('error', () => undefined); // It may end without reading.
  if (stdin !== null) child.stdin.end(stdin);
  const done = finished(child, { args, began, transcript, timeoutMs: options.timeoutMs ?? 180_000 });
  done.catch(() => undefined); // Whoever awaits it gets the error.
  const orExit = <T>(promise: Promise<T>) =>
    Promise.race([
      promise,
      done.then((end) => {
        throw new Error(`autoloop ended with ${end.code ?? end.signal ?? '?'} before that:\n${transcript.all}`);
      }),
    ]);
  return {
    pid: child.pid ?? 0,
    args,
    done,
    output: () => withoutClock(transcript.all),
    sees: (pattern) => orExit(transcript.sees(pattern)),
    type: (text) => void child.stdin.write(text),
    endInput: () => void child.stdin.end(),
    signal: (name) => void child.kill(name),
    orExit,
  };
}

class Transcript {
  all = '';
  stdout = '';
  stderr = '';
  readonly #waiting = new Set<() => void>();

  constructor(child: ChildProcessWithoutNullStreams) {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.stdout += text;
      this.#add(text);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text;
      this.#add(text);
    });
  }

  sees(pattern: RegExp): Promise<RegExpExecArray> {
    return new Promise((done) => {
      const look = () => {
        const match = pattern.exec(withoutClock(this.all));
        if (match === null) return;
        this.#waiting.delete(look);
        done(match);
      };
      this.#waiting.add(look);
      look();
    });
  }

  #add(text: string): void {
    this.all += text;
    for (const look of this.#waiting) look();
  }
}

function withoutClock(text: string): string {
  return text.replace(/^\d\d:\d\d:\d\d /gm, '');
}

interface Ending {
  readonly args: readonly string[];
  readonly began: number;
  readonly transcript: Transcript;
  readonly timeoutMs: number;
}

function finished(
  child: ChildProcessWithoutNullStreams,
  { args, began, transcript, timeoutMs }: Ending,
): Promise<Finished> {
  return new Promise((done, failed) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      failed(new Error(`autoloop ${args.join(' ')} had not ended after ${timeoutMs} ms:\n${transcript.all}`));
    }, timeoutMs);
    child.on('error', failed);
    // A leftover process that holds the output open must not hold the test: what was printed before the exit is there soon after.
    child.on('exit', () => {
      setTimeout(() => {
        child.stdout.destroy();
        child.stderr.destroy();
      }, 500).unref();
    });
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      const [stdout, stderr] = [withoutClock(transcript.stdout), withoutClock(transcript.stderr)];
      done({ args, code, signal, stdout, stderr, printed: transcript.stdout, ms: performance.now() - began });
    });
  });
}

function quote(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
