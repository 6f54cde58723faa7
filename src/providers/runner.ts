/**
 * What an agent needs of the supervision of processes: one program, started with its input, watched to its end, with
 * nothing of it left alive afterwards. The real one is `supervision/supervisor.ts`.
 */
export interface ProcessRunner {
  /** The environment variable that marks every process of this run; null or absent where there is none. */
  readonly mark?: string | null;
  run(request: ProcessRequest): Promise<ProcessResult>;
}

export interface ProcessRequest {
  /** Absolute path of the program. */
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Written to standard input, which is then closed. */
  readonly input: string;
  /** Where the raw output is appended. */
  readonly logFile: string;
  /** A line of standard output, without its end. */
  readonly onLine: (line: string) => void;
  /** Whether this line is the program's last word, after which it only has `graceMs` to exit. */
  readonly isFinal?: (line: string) => boolean;
  readonly idleTimeoutMs: number;
  readonly turnTimeoutMs: number;
  readonly graceMs: number;
  readonly stop: AbortSignal;
  /** Aborted when the operator does not want to wait for an orderly end. */
  readonly hurry?: AbortSignal;
}

export interface ProcessResult {
  readonly ending: 'exited' | 'idle' | 'turn_limit' | 'grace' | 'stopped' | 'not_started';
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly stderrTail: string;
  /** Why the program did not start; null when it did. */
  readonly startError: string | null;
  /** Pids of what could not be ended. */
  readonly survivors: readonly number[];
  readonly durationMs: number;
  /** What is missing from log or lines, one sentence each. */
  readonly notices: readonly string[];
}
