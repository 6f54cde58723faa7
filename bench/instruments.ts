import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { peakMemory } from '../test/support/peak-memory.ts';
import { readTurns } from '../test/support/readers.ts';
import type { Sandbox } from '../test/support/sandbox.ts';
import { NoFigure, whatWentWrong } from './execute.ts';
import type { Program } from './programs.ts';
import { syncsAndBytes, type SyncsAndBytes } from './trace.ts';

/** What can be counted while a program runs, but not without slowing it: in runs of their own, apart from the times. */
export interface Watched {
  /** Processes of git that the program started; those that git starts itself do not count. */
  readonly gits: number;
  /** The largest resident size of the program's own process, in MB; null where there is no /proc. */
  readonly peakMb: number | null;
}

export async function watched(program: Program, args: readonly string[], place: Sandbox): Promise<Watched> {
  const counter = countGit(place);
  const child = spawn(program.file, [...program.args, ...args], {
    cwd: place.workspace,
    env: { ...place.env, PATH: [counter.folder, place.env['PATH']].join(path.delimiter) },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  let peakBytes = 0;
  const look = () => (peakBytes = Math.max(peakBytes, peakMemory(child.pid ?? 0) ?? 0));
  const timer = setInterval(look, 1);
  const ended = Promise.withResolvers<number | null>();
  child.on('error', ended.reject).on('close', ended.resolve);
  const code = await ended.promise.finally(() => clearInterval(timer));
  if (code !== 0) throw new NoFigure(whatWentWrong(program, args, stderr));
  return { gits: counter.count(), peakMb: peakBytes === 0 ? null : peakBytes / 1024 / 1024 };
}

/** Synced files and bytes written below `.autoloop`, the agents' own left out; null where strace cannot be used. */
export function traced(program: Program, args: readonly string[], place: Sandbox): SyncsAndBytes | null {
  const file = path.join(place.root, 'trace');
  const calls = 'fsync,fdatasync,sync,syncfs,sync_file_range,write,writev,pwrite64,pwritev,pwritev2,copy_file_range';
  const strace = ['-f', '--seccomp-bpf', '-qq', '-y', '-s', '0', '-e', 'signal=none', '-e', `trace=${calls}`];
  const done = spawnSync('strace', [...strace, '-o', file, program.file, ...program.args, ...args], {
    cwd: place.workspace,
    env: place.env,
    stdio: 'ignore',
  });
  if (done.status !== 0) return null;
  return syncsAndBytes(readFileSync(file, 'utf8'), path.join(place.workspace, '.autoloop/'), agentPids(place));
}

/** A `git` for the front of PATH that notes that it was called and goes on as the real one. */
function countGit(place: Sandbox): { folder: string; count: () => number } {
  const folder = path.join(place.root, 'counting');
  const list = path.join(folder, 'calls');
  const real = (place.env['PATH'] ?? '')
    .split(path.delimiter)
    .map((dir) => path.join(dir, 'git'))
    .find((file) => existsSync(file));
  mkdirSync(folder, { recursive: true });
  writeFileSync(list, '');
  writeFileSync(path.join(folder, 'git'), `#!/bin/sh\necho >>'${list}'\nexec '${real ?? '/nowhere'}' "$@"\n`);
  chmodSync(path.join(folder, 'git'), 0o755);
  return { folder, count: () => readFileSync(list, 'utf8').length };
}

function agentPids(place: Sandbox): ReadonlySet<string> {
  return new Set(readTurns(place.agents).map(({ pid }) => String(pid)));
}
