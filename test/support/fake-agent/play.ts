import { Buffer } from 'node:buffer';
import { writeSync } from 'node:fs';
import type { Socket } from 'node:net';
import { defaultWork, hasDefaults } from './defaults.ts';
import { readFacts } from './facts.ts';
import { CLAUDE_FAILURES, CODEX_FAILURES, type FailureShape } from './failures.ts';
import {
  chooseTurn,
  note,
  recordCall,
  recordResult,
  saveSession,
  ScriptError,
  type Notebook,
  type Session,
} from './notebook.ts';
import { connectRemote, tell } from './remote.ts';
import type { AgentCall, Ending, Program, TurnScript, TurnUsage } from './script.ts';
import { act, type Progress, type Turn } from './work.ts';

/** How one program prints a turn. */
export interface Voice {
  /** The turn begins; `session` is the id to report, null for none. */
  begin(session: string | null): void;
  progress(item: Progress): void;
  /** An event that says nothing. */
  chatter(): void;
  answer(answer: Answer): void;
  /** Prints how the turn failed, apart from standard error. */
  fail(shape: FailureShape, answer: Answer): void;
  /** What the program does at a signal: its exit code, or null when it dies by it. */
  interrupted(signal: StopSignal): number | null;
}

export type StopSignal = 'SIGINT' | 'SIGTERM' | 'SIGHUP';

export interface Answer {
  readonly text: string;
  readonly session: string | null;
  readonly spent: TurnUsage;
  /** Of the session, this turn included. */
  readonly totals: TurnUsage;
  readonly denials: readonly string[];
}

const USAGE: TurnUsage = { input: 1000, cached: 100, output: 50, reasoning: 10, costUsd: 0.01 };

const NOTHING: TurnUsage = { input: 0, cached: 0, output: 0, reasoning: 0, costUsd: 0 };

/** Plays one turn from its beginning to the exit code. */
export async function play(book: Notebook, voice: Voice, call: AgentCall, session: Session): Promise<number> {
  recordCall(book, call);
  const turn: Turn = {
    book,
    call,
    facts: readFacts(call.prompt),
    progress: (item) => voice.progress(item),
    mood: { ignoresSignals: false },
  };
  const line: { socket: Socket | null } = { socket: null };
  obeySignals(turn, voice, line);
  let script = chooseTurn(book, call) ?? {};
  const early = failureShape(call.program, script)?.early === true;
  const reported = script.sessionId === undefined ? session.id : script.sessionId;
  if (!early) {
    saveSession(book, session);
    voice.begin(reported);
  }
  if (script.remote === true) {
    const remote = await connectRemote(turn);
    line.socket = remote.socket;
    script = await remote.obey((text) => print(text));
  }
  if (hasDefaults(script)) defaultWork(turn, script);
  await act(turn, script);
  return await end(turn, voice, { script, session, reported });
}

/** Writes to standard output, all of it, however slowly it is read. Dies when nobody reads, as both programs do. */
export function print(text: string | Buffer): void {
  writeAll(1, text);
}

/** The same for standard error. */
export function complain(text: string): void {
  writeAll(2, text);
}

function writeAll(fd: 1 | 2, text: string | Buffer): void {
  let rest = typeof text === 'string' ? Buffer.from(text) : text;
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(fd, rest));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') process.exit(101);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1); // The pipe is full: give its reader a moment.
    }
  }
}

interface Closing {
  readonly script: TurnScript;
  readonly session: Session;
  readonly reported: string | null;
}

async function end(turn: Turn, voice: Voice, closing: Closing): Promise<number> {
  const { script, session, reported } = closing;
  if (script.hang !== undefined) await hang(script.hang, voice);
  const shape = failureShape(turn.call.program, script);
  const spent = shape === null || script.usage !== undefined ? { ...USAGE, ...script.usage } : NOTHING;
  const totals = add(session.totals, spent);
  const text = finalText(turn, script);
  const answer: Answer = { text, session: reported, spent, totals, denials: script.denials ?? [] };
  const stderr = script.stderr ?? shape?.stderr?.replace('${session}', session.id);
  if (stderr !== undefined && stderr !== '') complain(`${stderr}\n`);
  if (script.stdout !== undefined) print(bytes(script.stdout));
  else if (shape !== null) voice.fail(shape, { ...answer, text: script.say ?? shape.message ?? text });
  else voice.answer(answer);
  if (shape?.early !== true) saveSession(turn.book, { ...session, totals });
  const exit = script.exit ?? (shape === null ? 0 : (shape.exit ?? 1));
  recordResult(turn.book, turn.call.n, {
    endedAt: new Date().toISOString(),
    exit,
    text: shape === null && script.stdout === undefined ? text : null,
  });
  if (script.lingers === true) await hang('silent', voice);
  if (shape?.signal !== undefined) await dieBy(shape.signal);
  return exit;
}

/** The answer with its loop control. */
function finalText(turn: Turn, ending: Ending): string {
  if (ending.raw !== undefined) return ending.raw;
  const { role, pair } = turn.facts;
  if (pair === null) return ending.say ?? 'The safest reading of the request.';
  const control = controlOf(ending, role === 'verifier' ? 'COMPLETE' : 'NONE');
  const say = ending.say ?? 'Scope considered\n- everything';
  if (control === null) return say;
  const block = JSON.stringify({ schema: 'docloop.loop_control/v1', ...control });
  return `${say}\n\n<loop-control>\n${block}\n</loop-control>`;
}

function controlOf(ending: Ending, usual: 'COMPLETE' | 'NONE'): Record<string, string> | null {
  const { question, supposition } = ending;
  if (question !== undefined) {
    return { kind: 'question', question, ...(supposition !== undefined && { best_supposition: supposition }) };
  }
  const promise = ending.promise ?? usual;
  return promise === 'NONE' ? null : { kind: 'promise', promise };
}

function failureShape(program: Program, script: TurnScript): FailureShape | null {
  if (script.failure === undefined) return null;
  const shapes: Readonly<Partial<Record<string, FailureShape>>> =
    program === 'codex' ? CODEX_FAILURES : CLAUDE_FAILURES;
  const shape = shapes[script.failure];
  if (shape === undefined) throw new ScriptError(`${program} does not fail as ${script.failure}`);
  return shape;
}

function obeySignals(turn: Turn, voice: Voice, line: { readonly socket: Socket | null }): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      note(turn.book, 'signals', { call: turn.call.n, signal, at: new Date().toISOString() });
      if (line.socket !== null) tell(line.socket, { type: 'signal', signal });
      if (turn.mood.ignoresSignals) return;
      const exit = voice.interrupted(signal);
      if (exit === null) void dieBy(signal);
      else process.exit(exit);
    });
  }
}

/** Ends by the signal, as its parent will see. */
async function dieBy(signal: NodeJS.Signals): Promise<never> {
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
  return await new Promise<never>(() => setInterval(() => undefined, 1000));
}

async function hang(how: 'silent' | 'chatty', voice: Voice): Promise<never> {
  return await new Promise<never>(() => setInterval(() => how === 'chatty' && voice.chatter(), 50));
}

function bytes(text: string): Buffer {
  return text.startsWith('latin1:') ? Buffer.from(text.slice('latin1:'.length), 'latin1') : Buffer.from(text);
}

function add(a: TurnUsage, b: TurnUsage): TurnUsage {
  return {
    input: a.input + b.input,
    cached: a.cached + b.cached,
    output: a.output + b.output,
    reasoning: a.reasoning + b.reasoning,
    costUsd: a.costUsd + b.costUsd,
  };
}
