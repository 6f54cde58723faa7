import type { Usage } from '../../../src/core/vocabulary.ts';
import { UNKNOWN_USAGE } from '../../../src/core/vocabulary.ts';
import type { OpenProcess, ProcessRequest, ProcessResult } from '../../../src/supervision/open-process.ts';
import type { ProcessRunner } from '../../../src/supervision/supervisor.ts';
import type { AgentWorld } from '../../../src/providers/turn.ts';
import type { Activity, Failure, TurnCall, TurnReport } from '../../../src/run/agent-port.ts';

export const THREAD = '01a2b3c4-0000-4000-8000-000000000001';
export const OTHER_THREAD = '01a2b3c4-0000-4000-8000-000000000002';
export const NOW = new Date(2026, 10, 24, 12, 0, 0);

/** What a program does in one turn: it prints these lines and ends like this, by default with exit code 0. */
export interface Performance extends Partial<ProcessResult> {
  readonly lines?: readonly (string | object)[];
}

/** Plays one performance a turn and records how it was called. */
export class FakeRunner implements ProcessRunner {
  readonly mark = 'MARK';
  readonly requests: ProcessRequest[] = [];
  readonly #performances: Performance[];

  constructor(...performances: Performance[]) {
    this.#performances = performances;
  }

  get last(): ProcessRequest {
    return this.requests.at(-1)!;
  }

  open(): Promise<OpenProcess> {
    throw new Error('no performance is talked to');
  }

  run(request: ProcessRequest): Promise<ProcessResult> {
    this.requests.push(request);
    const performance = this.#performances.shift();
    if (performance === undefined) throw new Error('the fake runner has nothing left to play');
    const { lines = [], ...result } = performance;
    for (const line of lines) request.onLine(typeof line === 'string' ? line : JSON.stringify(line), false);
    return Promise.resolve({ ...ENDED_WELL, ...result });
  }
}

const ENDED_WELL: ProcessResult = {
  ending: 'exited',
  exitCode: 0,
  signal: null,
  stderrTail: '',
  startError: null,
  survivors: [],
  durationMs: 5,
  notices: [],
};

export function worldWith(runner: ProcessRunner, changes: Partial<AgentWorld> = {}): AgentWorld {
  return {
    runner,
    cwd: '/workspace',
    env: { PATH: '/bin', UNSET: undefined },
    runId: 'run-1',
    idleTimeoutMs: 1200_000,
    turnTimeoutMs: 7200_000,
    allowInside: false,
    now: () => NOW,
    told: new Set(),
    ...changes,
  };
}

export interface Watched extends TurnCall {
  readonly sessions: string[];
  readonly activities: Activity[];
}

/** A turn that records what it is told. */
export function turnCall(changes: Partial<TurnCall> = {}): Watched {
  const sessions: string[] = [];
  const activities: Activity[] = [];
  return {
    prompt: 'Do it.',
    promptAnew: () => 'Do it, from the beginning.',
    contract: 'The contract.',
    resume: null,
    totalsBefore: null,
    logFile: '/workspace/turn.log',
    onSession: (id) => Promise.resolve(void sessions.push(id)),
    onActivity: (activity) => void activities.push(activity),
    stop: new AbortController().signal,
    sessions,
    activities,
    ...changes,
  };
}

export function usage(figures: Partial<Usage>): Usage {
  return { ...UNKNOWN_USAGE, ...figures };
}

export function answered(report: TurnReport): Extract<TurnReport, { kind: 'answered' }> {
  if (report.kind !== 'answered') throw new Error(`not answered: ${JSON.stringify(report.failure)}`);
  return report;
}

export function failed(report: TurnReport): Failure {
  if (report.kind !== 'failed') throw new Error(`answered: ${report.text}`);
  return report.failure;
}

/** Lines of `codex exec --json`. */
export const codexLines = {
  thread: (id: string = THREAD) => ({ type: 'thread.started', thread_id: id }),
  begun: { type: 'turn.started' },
  item: (item: object, type = 'item.completed') => ({ type, item: { id: 'item_0', ...item } }),
  message: (text: string) => codexLines.item({ type: 'agent_message', text }),
  completed: (input = 1000, output = 1) => ({
    type: 'turn.completed',
    usage: { input_tokens: input, cached_input_tokens: 10, output_tokens: output, reasoning_output_tokens: 0 },
  }),
  failed: (message: string) => ({ type: 'turn.failed', error: { message } }),
};

/** The result object of `claude -p --output-format json`. */
export function claudeResult(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    duration_ms: 5000,
    type: 'result',
    subtype: 'success',
    is_error: false,
    result: 'Done.',
    session_id: THREAD,
    num_turns: 1,
    stop_reason: 'end_turn',
    api_error_status: null,
    total_cost_usd: 0.5,
    usage: {
      input_tokens: 10,
      cache_creation_input_tokens: 20,
      cache_read_input_tokens: 70,
      output_tokens: 5,
      output_tokens_details: { thinking_tokens: 2 },
    },
    modelUsage: {
      'claude-opus-5-5': model({
        inputTokens: 10,
        cacheCreationInputTokens: 20,
        cacheReadInputTokens: 70,
        outputTokens: 5,
      }),
    },
    permission_denials: [],
    ...changes,
  };
}

export function model(figures: Record<string, number>): Record<string, number> {
  return {
    inputTokens: 0,
    outputTokens: 0,
    cacheReadInputTokens: 0,
    cacheCreationInputTokens: 0,
    thinkingTokens: 2,
    ...figures,
  };
}
