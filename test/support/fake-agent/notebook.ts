import { randomUUID } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
  closeSync,
  appendFileSync,
} from 'node:fs';
import path from 'node:path';
import type { AgentCall, AgentScript, CallResult, Match, Program, TurnScript, TurnUsage } from './script.ts';

/** What the fake agents of one rig remember between calls, in the rig's agent folder. */
export interface Notebook {
  readonly dir: string;
  readonly script: AgentScript;
}

/** What a session has cost so far; codex and claude report running totals. */
export interface Session {
  readonly id: string;
  readonly program: Program;
  readonly totals: TurnUsage;
}

export class ScriptError extends Error {}

export function openNotebook(dir: string): Notebook {
  for (const name of ['calls', 'sessions', 'writers', 'counts']) mkdirSync(path.join(dir, name), { recursive: true });
  const file = path.join(dir, 'script.json');
  const script = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as AgentScript) : {};
  if (script.turns !== undefined && script.rules !== undefined)
    throw new ScriptError('a script has turns or rules, not both');
  return { dir, script };
}

/** Numbers a new call; two agents at the same moment get different numbers. */
export function nextCall(book: Notebook): number {
  for (let n = count(book, 'calls') + 1; ; n += 1) {
    try {
      closeSync(openSync(path.join(book.dir, 'calls', `${pad(n)}.json`), 'wx'));
      setCount(book, 'calls', n);
      return n;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

export function recordCall(book: Notebook, call: AgentCall): void {
  replace(path.join(book.dir, 'calls', `${pad(call.n)}.json`), call);
}

export function recordResult(book: Notebook, n: number, result: CallResult): void {
  replace(path.join(book.dir, 'calls', `${pad(n)}.result.json`), result);
}

/** Adds a line to one of the rig's lists: `signals`, `leftovers`, `probes`. */
export function note(book: Notebook, list: string, entry: unknown): void {
  appendFileSync(path.join(book.dir, `${list}.jsonl`), `${JSON.stringify(entry)}\n`);
}

/** 1 for the first run id ever seen, 2 for the next. */
export function runNumber(book: Notebook, runId: string): number {
  const file = path.join(book.dir, 'runs.json');
  const seen = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as string[]) : [];
  if (!seen.includes(runId)) replace(file, [...seen, runId]);
  const at = seen.indexOf(runId);
  return at < 0 ? seen.length + 1 : at + 1;
}

/** The script's entry for this call; null for the default work. Throws when the script has run out. */
export function chooseTurn(book: Notebook, call: AgentCall): TurnScript | null {
  const { turns, rules, strict } = book.script;
  if (turns !== undefined) {
    const used = increment(book, 'turns');
    const turn = turns[used - 1];
    if (turn === undefined)
      throw new ScriptError(`the script has ${turns.length} turns and this is turn ${used}: ${describe(call)}`);
    return turn;
  }
  const rule = (rules ?? []).find((one, at) => {
    if (!selects(one, call)) return false;
    const nth = increment(book, `rule-${at}`);
    return (one.nth === undefined || one.nth === nth) && (one.times === undefined || nth <= one.times);
  });
  if (rule === undefined && strict === true) throw new ScriptError(`no rule for ${describe(call)}`);
  return rule ?? null;
}

/** Whether the selectors other than `nth` and `times` match. */
export function selects(match: Match, call: AgentCall): boolean {
  const pairs: [unknown, unknown][] = [
    [match.program, call.program],
    [match.pair, call.pair],
    [match.role, call.role],
    [match.phase, call.phase],
    [match.kind, call.kind],
    [match.cycle, call.cycle],
    [match.attempt, call.attempt],
    [match.run, call.run],
  ];
  return pairs.every(([wanted, found]) => wanted === undefined || wanted === found);
}

export function findSession(book: Notebook, program: Program, id: string): Session | null {
  const file = path.join(book.dir, 'sessions', `${program}-${id}.json`);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Session) : null;
}

export function newSession(program: Program, id: string = randomUUID()): Session {
  return { id, program, totals: { input: 0, cached: 0, output: 0, reasoning: 0, costUsd: 0 } };
}

export function saveSession(book: Notebook, session: Session): void {
  replace(path.join(book.dir, 'sessions', `${session.program}-${session.id}.json`), session);
}

/** False when another living process writes to the session. */
export function claimSession(book: Notebook, id: string): boolean {
  const file = path.join(book.dir, 'writers', id);
  if (existsSync(file) && alive(Number(readFileSync(file, 'utf8')))) return false;
  replace(file, process.pid);
  return true;
}

export function describe(call: AgentCall): string {
  const { program, kind, pair, role, phase, cycle, attempt } = call;
  return [program, kind, pair, role, phase, cycle === null ? null : `cycle ${cycle} attempt ${attempt ?? '?'}`]
    .filter((part) => part !== null)
    .join(' ');
}

function increment(book: Notebook, name: string): number {
  const next = count(book, name) + 1;
  setCount(book, name, next);
  return next;
}

function count(book: Notebook, name: string): number {
  const file = path.join(book.dir, 'counts', name);
  return existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0;
}

function setCount(book: Notebook, name: string, value: number): void {
  replace(path.join(book.dir, 'counts', name), value);
}

/** Replaced in one step: agents are killed at any moment. */
function replace(file: string, value: unknown): void {
  const temporary = `${file}.${process.pid}`;
  writeFileSync(temporary, JSON.stringify(value, null, 1));
  renameSync(temporary, file);
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false; // No such process.
  }
  const stat = `/proc/${pid}/stat`;
  return !existsSync(stat) || !/^\d+ \(.*\) [ZX]/s.test(readFileSync(stat, 'utf8')); // A dead one may wait to be reaped.
}

function pad(n: number): string {
  return String(n).padStart(4, '0');
}
