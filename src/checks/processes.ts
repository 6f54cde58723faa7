import type { Check } from '../core/checks/check.ts';
import type { Ending } from '../core/checks/results.ts';

export interface ProcessStart {
  readonly run: Check['run'];
  /** Error output is handed over with the output. */
  readonly joined: boolean;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly logFile: string;
  readonly timeoutMs: number;
  readonly onLine: (line: string) => void;
}

export interface ProcessEnd {
  readonly ending: Ending;
  readonly exitCode: number | null;
  readonly durationMs: number;
  /** Why it could not be started, or what is missing from its log; one sentence each. */
  readonly notices: readonly string[];
}

/** Runs commands so that nothing outlives them. */
export interface CheckProcesses {
  run(start: ProcessStart): Promise<ProcessEnd>;
}

/** What is needed of the supervision of processes. */
export interface Supervised {
  run(request: {
    readonly command: string;
    readonly args: readonly string[];
    readonly cwd: string;
    readonly env: Readonly<Record<string, string | undefined>>;
    readonly input: string;
    readonly logFile: string;
    readonly onLine: (line: string) => void;
    readonly idleTimeoutMs: number;
    readonly turnTimeoutMs: number;
    readonly graceMs: number;
    readonly stop: AbortSignal;
    readonly hurry?: AbortSignal;
  }): Promise<{
    readonly ending: 'exited' | 'stopped' | 'not_started' | 'idle' | 'turn_limit' | 'grace';
    readonly exitCode: number | null;
    readonly startError: string | null;
    readonly durationMs: number;
    readonly notices: readonly string[];
  }>;
}

const SHELL = '/bin/sh';

/** Commands under supervision: stops and time limits as for agents, without a limit on silence. */
export function supervisedProcesses(
  supervised: Supervised,
  signals: { readonly stop: AbortSignal; readonly hurry: AbortSignal },
): CheckProcesses {
  return {
    async run({ run, joined, cwd, env, logFile, timeoutMs, onLine }) {
      const args = argumentsFor(run, joined);
      const ended = await supervised.run({
        command: SHELL,
        args,
        cwd,
        env: { ...env, PWD: cwd },
        input: '',
        logFile,
        onLine,
        idleTimeoutMs: Infinity,
        turnTimeoutMs: timeoutMs,
        graceMs: 0,
        ...signals,
      });
      const { exitCode, durationMs, notices, startError } = ended;
      return {
        ending: ENDINGS[ended.ending],
        exitCode,
        durationMs,
        notices: startError === null ? notices : [startError, ...notices],
      };
    },
  };
}

const ENDINGS: Readonly<Record<Awaited<ReturnType<Supervised['run']>>['ending'], Ending>> = {
  exited: 'exited',
  grace: 'exited',
  stopped: 'stopped',
  not_started: 'not_started',
  idle: 'timed_out',
  turn_limit: 'timed_out',
};

/** A list is started by the shell as well, so that a missing program is told as the shell tells it: with 127. */
function argumentsFor(run: Check['run'], joined: boolean): string[] {
  if (typeof run === 'string') return ['-c', joined ? `exec 2>&1\n${run}` : run];
  return ['-c', joined ? 'exec "$@" 2>&1' : 'exec "$@"', 'sh', ...run];
}
