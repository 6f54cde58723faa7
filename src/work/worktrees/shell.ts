import { type Supervised, supervisedProcesses } from '../../checks/processes.ts';
import { openMachineFolder } from '../../files/machine-folder.ts';
import { startSupervisor } from '../../supervision/supervisor.ts';
import type { Signals } from '../ports.ts';

/** A command that a person has configured. */
export interface ShellCommand {
  readonly command: string;
  /** Where it runs; also the workspace that keeps account of its processes. */
  readonly workspace: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Gets all that it says; a number is added to its name where it is there already. */
  readonly logFile: string;
  readonly minutes: number;
  readonly signals?: Signals;
}

export interface ShellEnd {
  readonly isPassed: boolean;
  /** A signal of the operator ended it. */
  readonly isStopped: boolean;
  /** `exit code 1`, `not done after 15 minutes`, … */
  readonly how: string;
  /** The last lines that it said, at most 20. */
  readonly last: readonly string[];
  readonly durationMs: number;
}

const MOST_LINES = 20;

/** Runs it by `sh -c` to its end, with all that it started. */
export async function runShell(shell: ShellCommand): Promise<ShellEnd> {
  const supervisor = startSupervisor({ directory: openMachineFolder(shell.workspace) ?? shell.workspace });
  try {
    return await runShellUnder(supervisor, shell);
  } finally {
    await supervisor.close();
  }
}

/** The same where processes are supervised already. */
export async function runShellUnder(supervised: Supervised, shell: ShellCommand): Promise<ShellEnd> {
  const { command, workspace, env, logFile, minutes, signals = quiet() } = shell;
  const last: string[] = [];
  const { ending, exitCode, notices, durationMs } = await supervisedProcesses(supervised, signals).run({
    run: command,
    joined: true,
    cwd: workspace,
    env: given(env),
    logFile,
    timeoutMs: minutes * 60_000,
    onLine: (line) => {
      last.push(line);
      if (last.length > MOST_LINES) last.shift();
    },
  });
  const how = {
    exited: `exit code ${exitCode ?? '?'}`,
    timed_out: `not done after ${minutes} minutes`,
    stopped: 'it was stopped',
    setup_failed: 'it could not be started',
    not_started: notices[0] ?? 'it could not be started',
  }[ending];
  return { isPassed: ending === 'exited' && exitCode === 0, isStopped: ending === 'stopped', how, last, durationMs };
}

function given(env: ShellCommand['env']): Record<string, string> {
  const all = Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return Object.fromEntries(all);
}

/** Nobody stops it but by ending this program, which takes it along. */
function quiet(): Signals {
  return { stop: new AbortController().signal, hurry: new AbortController().signal };
}
