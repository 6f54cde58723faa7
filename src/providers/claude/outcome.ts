import { UNKNOWN_USAGE } from '../../core/vocabulary.ts';
import type { Usage } from '../../core/vocabulary.ts';
import type { TurnCall } from '../../run/agent-port.ts';
import type { JsonObject } from '../json.ts';
import { textOf } from '../json.ts';
import type { SessionWatch } from '../session.ts';
import type { Reader, Reading } from '../turn.ts';
import { fillUsage, usageSince } from '../usage.ts';
import type { ClaudeCalling } from './arguments.ts';
import { CORE_TOOLS } from './arguments.ts';
import type { LimitEvent } from './classify.ts';
import { callUsage, deniedTools, isResult, ResultFinder, sessionUsage } from './output.ts';
import { ProgressReader } from './progress.ts';

/** Follows one turn of claude. Its result object alone says how the turn went; events before it only show progress. */
export class ClaudeReader implements Reader {
  readonly #turn: TurnCall;
  readonly #session: SessionWatch;
  readonly #strategy: ClaudeCalling['permissionStrategy'];
  readonly #finder = new ResultFinder();
  readonly #progress: ProgressReader;

  constructor(turn: TurnCall, session: SessionWatch, strategy: ClaudeCalling['permissionStrategy']) {
    this.#turn = turn;
    this.#session = session;
    this.#strategy = strategy;
    this.#progress = new ProgressReader(turn.onActivity);
  }

  line(line: string): void {
    for (const event of this.#finder.line(line)) {
      if (event['type'] === 'system' || event['type'] === 'result') this.#hear(event);
      this.#progress.take(event);
    }
  }

  isFinal(line: string): boolean {
    return isResult(line);
  }

  reading(): Reading {
    const result = this.result();
    if (result === null) {
      return { answer: null, usage: UNKNOWN_USAGE, totals: null, metadata: {}, warnings: [], denied: [] };
    }
    this.#hear(result);
    const { result: text, ...metadata } = result;
    const denied = deniedTools(result).map((tool) => `${tool} (${whatWouldAllow(tool, this.#strategy)})`);
    return {
      answer: result['is_error'] === true ? null : textOf(text),
      usage: this.#usage(result),
      totals: sessionUsage(result),
      metadata: this.#progress.init === null ? metadata : { ...metadata, init: this.#progress.init },
      warnings: denied.length === 0 ? [] : [`claude was denied ${denied.join(', ')}`],
      denied,
    };
  }

  result(): JsonObject | null {
    return this.#finder.result();
  }

  /** How often claude said that it tries a request again; null when it was not asked to say so. */
  get retries(): number | null {
    return this.#progress.heard ? this.#progress.retries : null;
  }

  get limitEvent(): LimitEvent | null {
    return this.#progress.limitEvent;
  }

  /** An error of a session that does not exist names a session of its own: that is nothing to go on with. */
  #hear(event: JsonObject): void {
    if (event['is_error'] === true && event['num_turns'] === 0) return;
    this.#session.heard(textOf(event['session_id']));
  }

  /**
   * Of this turn alone. Session figures cover every model that was used, so their difference is the truth where it can be
   * told; the figures of the call stand in where it cannot.
   */
  #usage(result: JsonObject): Usage {
    const totals = sessionUsage(result);
    const share = this.#session.continued ? usageSince(totals, this.#turn.totalsBefore) : totals;
    return fillUsage(share, callUsage(result));
  }
}

/** The setting that would let claude use a tool. */
function whatWouldAllow(tool: string, strategy: ClaudeCalling['permissionStrategy']): string {
  if (strategy === 'bypass') return "denied by claude's own settings";
  if (strategy === 'inherit' && CORE_TOOLS.includes(tool)) {
    return 'provider.claude.permission_strategy: allow_core_tools allows it';
  }
  return "permissions.allow in claude's settings or provider.claude.permission_strategy: bypass allows it";
}
