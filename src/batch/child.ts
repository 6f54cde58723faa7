import { spawn } from 'node:child_process';
import { closeSync, constants } from 'node:fs';
import path from 'node:path';
import { BATCHED_ARGUMENT } from '../core/hidden-arguments.ts';
import { readEndCarefully } from '../files/careful-read.ts';
import { openChecked } from '../files/door.ts';
import { makeFolder } from '../files/folders.ts';
import { ownArgv } from '../supervision/own-argv.ts';

/** This program at work on one task, in a process of its own. */
export interface TaskProcess {
  /** Its exit code; 1 where a signal ended it or it could not be started. */
  readonly exit: Promise<number>;
  /** The last error that it printed on a line of its own: why it was refused, where its run's log has no word of it. Null: none. */
  error(): string | null;
  signal(name: NodeJS.Signals): void;
}

export interface TaskProcessRequest {
  readonly workspace: string;
  /** After `--workspace`. */
  readonly args: readonly string[];
  /** All of its standard input. */
  readonly input: string;
  /** What it prints is added to this file, which need not exist. */
  readonly output: string;
}

/**
 * Starts this program for one task. It is in a session of its own, so that a terminal's Ctrl-C reaches it by way of us alone, and ends by
 * itself when we are gone. Throws a Problem of kind `state` where its output cannot be kept.
 */
export function startTaskProcess({ workspace, args, input, output }: TaskProcessRequest): TaskProcess {
  makeFolder(path.dirname(output));
  const from = readEndCarefully(output, 0)?.size ?? 0;
  const file = openChecked(output, constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND);
  try {
    const [program = '', ...before] = ownArgv();
    const words = [...before, BATCHED_ARGUMENT, String(process.pid), '--workspace', workspace, ...args];
    const child = spawn(program, words, { cwd: workspace, detached: true, stdio: ['pipe', file, file] });
    child.stdin?.on('error', () => undefined); // It may end without reading.
    child.stdin?.end(input);
    return {
      exit: new Promise((resolve) => {
        child.once('exit', (code) => resolve(code ?? 1));
        child.once('error', () => resolve(1));
      }),
      error: () => errorIn(output, from),
      signal: (name) => void child.kill(name),
    };
  } finally {
    closeSync(file);
  }
}

const MOST_BYTES = 64 * 1024;

/** Of what was added to a file since it was `from` bytes long. */
function errorIn(file: string, from: number): string | null {
  const found = readEndCarefully(file, MOST_BYTES);
  if (found === null) return null;
  const added = Math.max(0, found.size - from);
  const text = found.end.subarray(Math.max(0, found.end.length - added)).toString('utf8');
  return [...text.matchAll(/^error: (.+)$/gm)].at(-1)?.[1] ?? null;
}
