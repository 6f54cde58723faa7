import { spawnSync } from 'node:child_process';
import type { Sandbox } from '../test/support/sandbox.ts';
import type { Program } from './programs.ts';

/** The program did not do what is to be measured: there is no figure to show. */
export class NoFigure extends Error {}

/** A run from start to exit: its length in ms, and when it began, in ms since 1970. */
export interface Timed {
  readonly ms: number;
  readonly startedAt: number;
}

/** Runs the program in a sandbox's workspace. Throws NoFigure when its exit code is not 0. */
export function timed(program: Program, args: readonly string[], place: Sandbox): Timed {
  const startedAt = performance.timeOrigin + performance.now();
  const done = spawnSync(program.file, [...program.args, ...args], {
    cwd: place.workspace,
    env: place.env,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  const ms = performance.timeOrigin + performance.now() - startedAt;
  if (done.status !== 0) throw new NoFigure(whatWentWrong(program, args, done.error?.message ?? done.stderr));
  return { ms, startedAt };
}

export function whatWentWrong(program: Program, args: readonly string[], why: string): string {
  const lines = why.trim().split('\n');
  const line = lines.find((one) => /error/i.test(one)) ?? lines.at(-1) ?? '';
  return `${program.name} ${args.join(' ')}: ${line}`;
}
