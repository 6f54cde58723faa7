import { existsSync } from 'node:fs';
import type { Readable, Writable } from 'node:stream';
import { atMost } from './wait.ts';

export interface LaunchRequest {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** All of it: nothing is inherited. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface AgentProcess {
  readonly pid: number;
  /** Writing to it after the agent has ended, or has closed it, does nothing. */
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Resolves when the agent itself has ended, whether or not something of it still holds its output open. */
  readonly exited: Promise<Exit>;
  /** Waits up to `ms` for the rest of the output, then lets go of it: a survivor with the pipe must not keep us running. */
  drain(ms: number): Promise<void>;
}

export interface Exit {
  readonly code: number | null;
  readonly signal: string | null;
}

export type Launch =
  { readonly kind: 'started'; readonly agent: AgentProcess } | { readonly kind: 'failed'; readonly problem: string };

/** What agents are started by takes its time to load. */
export const loadLauncher = () => import('execa');

/**
 * Starts an agent in a session of its own. execa is trusted with spawning and the streams, not with ending: its kill,
 * clean-up and time-outs reach no further than a process group, and its promise waits for whoever holds the output.
 */
export async function launch(request: LaunchRequest): Promise<Launch> {
  const { execa } = await loadLauncher();
  let subprocess;
  try {
    subprocess = execa(request.command, request.args, {
      cwd: request.cwd,
      env: request.env,
      extendEnv: false,
      detached: true,
      cleanup: false,
      forceKillAfterDelay: false,
      reject: false,
      buffer: false,
      stdin: 'pipe',
      stdout: 'pipe',
      stderr: 'pipe',
    });
  } catch (error) {
    return { kind: 'failed', problem: wordStartError(error, request) }; // An argument with a NUL in it, for one.
  }
  const { pid, stdin, stdout, stderr, nodeChildProcess: child } = subprocess;
  if (pid === undefined) return { kind: 'failed', problem: wordStartError(await subprocess, request) };
  for (const stream of [stdin, stdout, stderr]) stream.on('error', () => undefined); // EPIPE: it ended without reading its input.
  const exited = new Promise<Exit>((resolve) => child.once('exit', (code, signal) => resolve({ code, signal })));
  const closed = new Promise((resolve) => child.once('close', resolve));
  const drain = async (ms: number): Promise<void> => {
    await atMost(ms, closed);
    for (const stream of [stdin, stdout, stderr]) stream.destroy();
  };
  return { kind: 'started', agent: { pid, stdin, stdout, stderr, exited, drain } };
}

function wordStartError(error: unknown, request: LaunchRequest): string {
  const { code, originalMessage, message } = error as { code?: string; originalMessage?: string; message?: string };
  const known = knownReason(code ?? silentCode(error, request), request);
  return `cannot start ${request.command}: ${known ?? originalMessage ?? message ?? 'the system gave no reason'}`;
}

/** Bun: execa cannot say what was wrong when spawning throws, which it does for these two reasons. */
function silentCode(error: unknown, request: LaunchRequest): string {
  if (isTooLarge(request)) return 'E2BIG';
  return error instanceof TypeError ? 'ENOEXEC' : '';
}

function knownReason(code: string, { command, cwd }: LaunchRequest): string | null {
  switch (code) {
    case 'ENOENT':
      if (!existsSync(cwd)) return `the folder ${cwd} does not exist`;
      if (!command.includes('/')) return 'there is no program of that name on PATH';
      return 'there is no such file, or the interpreter named in its first line is missing';
    case 'EACCES':
      return 'permission denied; is it executable?';
    case 'ENOEXEC':
      return 'it is neither a program for this machine nor a script whose first line names its interpreter';
    case 'E2BIG':
      return 'its arguments and environment are larger than this system allows';
    case 'EAGAIN':
    case 'ENOMEM':
      return 'this system has no room for another process';
    case 'EMFILE':
    case 'ENFILE':
      return 'too many files are open';
    default:
      return null;
  }
}

/** Linux takes no single text of 128 KiB, and about 2 MiB in all. */
function isTooLarge({ args, env }: LaunchRequest): boolean {
  const sizes = [...args, ...Object.entries(env).map((entry) => entry.join('='))].map((text) =>
    Buffer.byteLength(text),
  );
  return sizes.some((size) => size >= 128 * 1024) || sizes.reduce((sum, size) => sum + size, 0) >= 2_000_000;
}
