import { execFile } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import path from 'node:path';

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

/** The absolute path of a program as the shell would find it from `cwd`; null when there is none that may be run. */
export function findProgram(name: string, env: Environment, cwd: string): string | null {
  const folders = name.includes('/') ? [''] : (env['PATH'] ?? '').split(path.delimiter);
  for (const folder of folders) {
    const candidate = path.resolve(cwd, folder, name);
    if (isExecutable(candidate)) return candidate;
  }
  return null;
}

/** Asks programs that answer within moments and need no input. Never rejects. */
export function askIn(cwd: string, env: Environment): Ask {
  return (command, args) =>
    new Promise((resolve) => {
      const options = {
        cwd,
        env: { ...env },
        timeout: ANSWER_WITHIN_MS,
        killSignal: 'SIGKILL',
        maxBuffer: 4 << 20,
      } as const;
      const child = execFile(command, [...args], options, (error, stdout, stderr) => {
        if (error === null) resolve({ exitCode: 0, stdout, stderr, error: null });
        else if (typeof error.code === 'number') resolve({ exitCode: error.code, stdout, stderr, error: null });
        else resolve({ exitCode: null, stdout, stderr, error: whyNot(error) });
      });
      // A program that is gone already, or never started, needs no end of input.
      child.stdin?.on('error', () => undefined);
      child.stdin?.end();
    });
}

function whyNot(error: Error & { killed?: boolean | undefined; signal?: string | null | undefined }): string {
  if (error.killed === true) return `no answer within ${ANSWER_WITHIN_MS / 1000} s`;
  return typeof error.signal === 'string' ? `it was ended by ${error.signal}` : error.message;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    // Not there or not for us: the next folder of PATH may have it.
    return false;
  }
}
