import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import type { Facts } from './facts.ts';
import { note, ScriptError, type Notebook } from './notebook.ts';
import type { Actions, AgentCall, Leftover, Writing } from './script.ts';

/** A turn at work. */
export interface Turn {
  readonly book: Notebook;
  readonly call: AgentCall;
  readonly facts: Facts;
  /** Prints something that the program prints while it works. */
  readonly progress: (item: Progress) => void;
  /** Changed by `ignoreSignals`. */
  readonly mood: { ignoresSignals: boolean };
}

export type Progress =
  | { readonly kind: 'file'; readonly path: string; readonly change: 'add' | 'update' | 'delete' }
  | { readonly kind: 'command'; readonly command: string; readonly output: string; readonly exit: number }
  | { readonly kind: 'noise'; readonly megabytes: number };

/** Does what a script says, in the order that script.ts states. */
export async function act(turn: Turn, actions: Actions): Promise<void> {
  if (actions.ignoreSignals !== undefined) turn.mood.ignoresSignals = actions.ignoreSignals;
  for (const how of actions.leave ?? []) await leave(turn, how);
  if (actions.noiseMb !== undefined) turn.progress({ kind: 'noise', megabytes: actions.noiseMb });
  for (const [name, content] of Object.entries(actions.write ?? {})) put(turn, name, fill(turn, content));
  for (const [name, content] of Object.entries(actions.append ?? {})) {
    const file = resolve(turn, name);
    mkdirSync(path.dirname(file), { recursive: true });
    appendFileSync(file, fill(turn, content));
    wrote(turn, file);
  }
  for (const name of actions.delete ?? []) {
    rmSync(resolve(turn, name), { recursive: true, force: true });
    wrote(turn, resolve(turn, name));
    turn.progress({ kind: 'file', path: resolve(turn, name), change: 'delete' });
  }
  for (const command of actions.shell ?? []) shell(turn, fill(turn, command));
}

/** Writes a file of the workspace, or of the run through a variable. */
export function put(turn: Turn, name: string, content: string): void {
  const file = resolve(turn, name);
  const change = existsSync(file) ? 'update' : 'add';
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, content);
  wrote(turn, file);
  turn.progress({ kind: 'file', path: file, change });
}

export function resolve(turn: Turn, name: string): string {
  return path.resolve(turn.call.cwd, fill(turn, name));
}

function fill(turn: Turn, template: string): string {
  const { facts, call } = turn;
  const values: Record<string, string | number | null> = {
    workspace: call.cwd,
    run: facts.run,
    artifacts: facts.run === null ? null : path.join(facts.run, 'artifacts'),
    bundle: facts.bundle,
    decisions: facts.decisions,
    phase: facts.phase,
    cycle: facts.cycle,
    attempt: facts.attempt,
  };
  return template.replace(/\$\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name];
    if (value === null) throw new ScriptError(`${whole} is unknown in this turn: its prompt does not name it`);
    return value === undefined ? whole : String(value);
  });
}

function wrote(turn: Turn, file: string): void {
  const relative = path.relative(turn.call.cwd, file);
  if (relative.startsWith('.autoloop') || relative.startsWith('..')) return;
  const sha256 = existsSync(file) ? createHash('sha256').update(readFileSync(file)).digest('hex') : null;
  note(turn.book, 'writes', { call: turn.call.n, path: relative, sha256 } satisfies Writing);
}

function shell(turn: Turn, command: string): void {
  const done = spawnSync('/bin/sh', ['-c', command], {
    cwd: turn.call.cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = done.stdout + done.stderr;
  if (done.status !== 0)
    throw new ScriptError(`command failed with ${done.status ?? done.signal ?? '?'}: ${command}\n${output}`);
  turn.progress({ kind: 'command', command, output, exit: 0 });
}

/** Starts a process that does nothing for longer than any test lasts, and notes its pid. */
async function leave(turn: Turn, how: Leftover): Promise<void> {
  const pid = how === 'orphan' ? await leaveOrphan() : leaveChild(how);
  note(turn.book, 'leftovers', { how, pid, call: turn.call.n });
}

function leaveChild(how: Exclude<Leftover, 'orphan'>): number {
  const child = spawn('/bin/sleep', ['3600'], {
    detached: how !== 'child',
    stdio: ['ignore', how === 'holding' ? 'inherit' : 'ignore', 'ignore'],
    ...(how === 'unmarked' && { env: {} }),
  });
  child.unref();
  if (child.pid === undefined) throw new ScriptError('cannot start /bin/sleep');
  return child.pid;
}

/** Its parent, the leader of a new session, is gone when this resolves. */
async function leaveOrphan(): Promise<number> {
  const script = '/bin/sleep 3600 </dev/null >/dev/null 2>&1 & echo $!';
  const child = spawn('/bin/sh', ['-c', script], { detached: true, stdio: ['ignore', 'pipe', 'ignore'] });
  const output = await text(child.stdout);
  return Number(output.trim());
}
