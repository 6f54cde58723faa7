import { type DeafStream, watchDeafness } from './deafness.ts';
import { Diligence } from './diligence.ts';
import { launch, type AgentProcess, type Exit, type LaunchRequest } from './launch.ts';
import type { Ledger } from './ledger.ts';
import { lineReceiver } from './line-receiver.ts';
import { Limits, type LimitReached, type LimitTimes } from './limits.ts';
import { Output } from './output.ts';
import { processTable } from './platform.ts';
import type { ProcessId } from './process-table.ts';
import { startSampling } from './sampler.ts';
import { leftText, namesOf } from './left-running.ts';
import { endTree } from './terminate/end-tree.ts';
import type { ProcessTree } from './tree.ts';
import { TurnLog } from './turn-log.ts';

/** What a process that stays is started with. */
export interface OpenRequest extends LaunchRequest, LimitTimes {
  /** Takes the raw bytes of both output streams, appended in the order in which they come, up to 200 MB. Null: they are not kept. */
  readonly logFile: string | null;
  /** Called for each line of standard output, without its end. `cut`: it was longer than `maxLineBytes`, and this is its beginning. */
  readonly onLine: (line: string, cut: boolean) => void;
  /** The longest line that is handed over whole; 16 MiB unless given. */
  readonly maxLineBytes?: number;
  /** Called when it can be talked with no longer, though it may go on: it has closed its standard input or output. */
  readonly onDeaf?: (stream: DeafStream) => void;
  /** Whether this line is the final result, after which the agent has `graceMs` to end by itself. */
  readonly isFinal?: (line: string) => boolean;
  /**
   * Asked about once a second: a value that differs from the one before is a sign of life, beside output and the processor time of
   * what the agent started. For agents that print nothing while they work.
   */
  readonly pulse?: () => unknown;
  /** What its protocol says to it before the stop or a limit ends it. The stop order begins when this settles or the process has gone. */
  readonly farewell?: () => Promise<void>;
  /** Aborting it starts the stop order. */
  readonly stop: AbortSignal;
  /** Aborting it as well skips the waits of the stop order. */
  readonly hurry?: AbortSignal;
}

/** A process that is told everything at its start. */
export interface ProcessRequest extends OpenRequest {
  /** Written to standard input, which is then closed. */
  readonly input: string;
}

/** A process that stays until it ends by itself, reaches a limit, or is ended. */
export interface OpenProcess {
  /** Writes to its standard input; does nothing once that is closed. */
  send(text: string): void;
  /**
   * Closes its standard input. With a time, in ms, the process has that long to end by itself (`ending: grace` when it does not),
   * whatever the other limits say; without, it may go on as before. Only the first time given counts.
   */
  end(withinMs?: number): void;
  /** When it and everything that it started has ended. Rejects only on a bug, the caller's included. */
  readonly result: Promise<ProcessResult>;
}

export interface ProcessResult {
  /** `grace`: the final result came, but the agent did not end by itself. Lines after that moment were not handed over. */
  readonly ending: 'exited' | 'stopped' | 'not_started' | LimitReached;
  readonly exitCode: number | null;
  /** The signal that ended it, as `SIGTERM`. */
  readonly signal: string | null;
  /** The last 64 KiB of standard error. */
  readonly stderrTail: string;
  /** Why it could not be started, in words; null when it was. */
  readonly startError: string | null;
  /** Pids of what could not be ended. */
  readonly survivors: readonly number[];
  readonly durationMs: number;
  /** What is missing from log or lines, one sentence each. */
  readonly notices: readonly string[];
}

/** Where a start of the program keeps account of its processes. */
export interface Account {
  readonly mark: string;
  readonly tree: ProcessTree;
  readonly ledger: Ledger;
}

const LOG_BYTES = 200_000_000;
/** How long the last output may take to arrive once everything has ended, in ms. */
const DRAIN_MS = 1000;

/** Starts one process. One that could not be started is there too: its result says why. Rejects only on a bug. */
export async function openProcess(request: OpenRequest, account: Account): Promise<OpenProcess> {
  const startedAt = performance.now();
  const finish = (result: Partial<ProcessResult> & Pick<ProcessResult, 'ending'>): ProcessResult => ({
    exitCode: null,
    signal: null,
    stderrTail: '',
    startError: null,
    survivors: [],
    notices: [],
    ...result,
    durationMs: Math.round(performance.now() - startedAt),
  });
  if (request.stop.aborted) return over(finish({ ending: 'stopped' }));
  const env = { ...request.env, [account.mark]: '1' };
  account.tree.spareGroup();
  const launched = await launch({ ...request, env });
  if (launched.kind === 'failed') return over(finish({ ending: 'not_started', startError: launched.problem }));
  const { agent } = launched;
  const root = enlist(agent.pid, account.tree);
  const turn = followTurn(request, agent);
  if (request.onDeaf !== undefined) watchDeafness(agent, request.onDeaf);
  const result = turnResult(request, account, { root, agent, turn }).then(finish);
  return {
    send: (text) => {
      if (agent.stdin.writable) agent.stdin.write(text);
    },
    end: (withinMs) => {
      agent.stdin.end();
      if (withinMs !== undefined) turn.limitRest(withinMs);
    },
    result,
  };
}

interface Running {
  readonly root: ProcessId | null;
  readonly agent: AgentProcess;
  readonly turn: Turn;
}

/** Waits for what ends the process, then ends it and all that it started. */
async function turnResult(
  request: OpenRequest,
  account: Account,
  { root, agent, turn }: Running,
): Promise<Pick<ProcessResult, 'ending' | 'survivors'> & Observed> {
  const diligence = new Diligence(agent.pid, performance.now());
  let pulse = request.pulse?.();
  const stopSampling = startSampling(account.tree, account.ledger, (members) => {
    const before = pulse;
    pulse = request.pulse?.();
    if (diligence.look(members, performance.now()) || pulse !== before) turn.sawLife();
  });
  const ending = await turn.ending;
  const agentToAsk = ending === 'exited' || ending === 'grace' ? null : root;
  if (agentToAsk !== null) await Promise.race([request.farewell?.(), agent.exited]);
  stopSampling();
  const left: string[] = [];
  const onLeft = ending === 'exited' ? (found: readonly ProcessId[]) => left.push(...namesOf(found)) : undefined;
  const survivors = await endTree(account.tree, { agent: agentToAsk, hurry: request.hurry, onLeft });
  if (survivors.length === 0) account.ledger.clear();
  await agent.drain(DRAIN_MS);
  const observed = turn.end();
  const notices = left.length === 0 ? observed.notices : [...observed.notices, leftText(left)];
  return { ending, survivors: survivors.map(({ pid }) => pid), ...observed, notices };
}

function over(result: ProcessResult): OpenProcess {
  return { send: () => undefined, end: () => undefined, result: Promise.resolve(result) };
}

/** Puts the agent itself on record. Null when it has ended already; what it started is found all the same. */
function enlist(pid: number, tree: ProcessTree): ProcessId | null {
  const row = processTable.read(pid);
  if (row) tree.add(row);
  return row;
}

type Ending = Exclude<ProcessResult['ending'], 'not_started'>;
type Observed = Pick<ProcessResult, 'exitCode' | 'signal' | 'stderrTail' | 'notices'>;

interface Turn {
  /** What came first: its end, a limit, the stop. */
  readonly ending: Promise<Ending>;
  /** A sign that the agent is at work, beside its output. */
  readonly sawLife: () => void;
  /** From now on it only has this long to end by itself, in ms. */
  readonly limitRest: (ms: number) => void;
  /** After the last output. Throws what the caller's own functions threw. */
  readonly end: () => Observed;
}

function followTurn(request: OpenRequest, agent: AgentProcess): Turn {
  const log = request.logFile === null ? null : new TurnLog(request.logFile, LOG_BYTES);
  const { promise: ending, resolve } = Promise.withResolvers<Ending>();
  const limits = new Limits(request, resolve);
  const lines = lineReceiver(request, { final: () => limits.sawFinal(), failed: () => resolve('stopped') });
  const output = new Output(agent, log, {
    onOutput: () => limits.sawLife(),
    onLine: lines.receive,
    maxLineBytes: request.maxLineBytes,
  });
  let exit: Exit = { code: null, signal: null };
  void agent.exited.then((how) => {
    exit = how;
    resolve('exited');
  });
  const onStop = (): void => resolve('stopped');
  request.stop.addEventListener('abort', onStop);
  if (request.stop.aborted) onStop();
  void ending.then((how) => {
    limits.stop();
    request.stop.removeEventListener('abort', onStop);
    if (how === 'grace') lines.close();
  });
  const end = (): Observed => {
    output.end();
    log?.close();
    const notices = [...lines.end(), log?.notice ?? null].filter((notice) => notice !== null);
    return { exitCode: exit.code, signal: exit.signal, stderrTail: output.stderrTail, notices };
  };
  return { ending, sawLife: () => limits.sawLife(), limitRest: (ms) => limits.sawFinal(ms), end };
}
