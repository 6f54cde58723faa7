import type { TurnCall, TurnReport } from '../../run/agent-port.ts';
import type { JsonObject } from '../json.ts';
import { objectOf, textOf } from '../json.ts';
import { Answer } from './answer.ts';
import type { Listener } from './conversation.ts';
import { CANCELLED, decide, type PermissionPolicy } from './permissions.ts';
import { isToolUpdate, Progress } from './progress.ts';
import { isOver, Tools } from './tools.ts';
import { UsageMeter } from './usage.ts';

/** Denials that are named one by one. */
const MOST_DENIALS = 20;

/** Of what an answer has beside the text, in characters. */
const MOST_METADATA = 65_536;

type Reading = Omit<Extract<TurnReport, { kind: 'answered' }>, 'kind' | 'sessionId'>;

/** Follows one turn: shows what the agent does, decides what it may, and keeps its answer and its figures. */
export class TurnReader implements Listener {
  /** The workspace, its real path. */
  readonly root: string;
  readonly #turn: TurnCall;
  readonly #program: string;
  readonly #policy: PermissionPolicy;
  readonly #tools = new Tools();
  readonly #answer = new Answer();
  readonly #progress: Progress;
  readonly #denied = new Set<string>();
  #meter: UsageMeter;
  #session: string | null = null;
  #isPrompted = false;
  #isRefusing = false;
  #result: JsonObject | null = null;

  constructor(
    turn: TurnCall,
    { root, program, permissions }: { root: string; program: string; permissions: PermissionPolicy },
  ) {
    this.#turn = turn;
    this.root = root;
    this.#program = program;
    this.#policy = permissions;
    this.#progress = new Progress((deed) => turn.onActivity(deed));
    this.#meter = new UsageMeter(costBefore(turn));
  }

  /** The session is not the one that the turn was to go on with. */
  startsAnew(): void {
    this.#meter = new UsageMeter(0);
  }

  /** From now on what is said of this session belongs to the turn; before, a session that was loaded repeated itself. */
  expect(session: string): void {
    this.#session = session;
  }

  /** Nothing is allowed any more: the turn is being stopped. */
  refuse(): void {
    this.#isRefusing = true;
  }

  update(params: JsonObject): void {
    const update = objectOf(params['update']) ?? {};
    const isOurs = this.#session !== null && params['sessionId'] === this.#session;
    // A cost that is told while the session is opened shows where its count begins.
    if (isOurs || update['sessionUpdate'] === 'usage_update') this.#meter.update(update);
    if (!isOurs || this.#isPrompted) return;
    if (isToolUpdate(update)) {
      this.#tool(update);
      return;
    }
    if (update['sessionUpdate'] === 'agent_message_chunk') this.#answer.chunk(update);
    this.#progress.update(update);
  }

  permission(params: JsonObject): unknown {
    const told = objectOf(params['toolCall']) ?? {};
    // What is asked for when the turn is over is none of its work.
    if (this.#isRefusing || this.#isPrompted) return CANCELLED.outcome;
    const { call } = this.#session === null ? this.#tools.note(told) : this.#tool(told);
    const { outcome, denied } = decide(this.#policy, this.root, params, call);
    if (denied !== null) {
      this.#denied.add(denied);
      this.#turn.onActivity({ kind: 'notice', text: `denied: ${denied}` });
    }
    return outcome;
  }

  prompted(): void {
    this.#isPrompted = true;
    this.#progress.end();
  }

  strange(notice: string): void {
    this.#turn.onActivity({ kind: 'notice', text: notice });
  }

  /** The answer to the prompt. */
  take(result: JsonObject): void {
    this.#result = result;
  }

  /** Why the turn ended, in the protocol's words; null: the answer does not say, or has not come. */
  get stopReason(): string | null {
    return textOf(this.#result?.['stopReason']);
  }

  reading(): Reading {
    const denied = [...this.#denied].slice(0, MOST_DENIALS);
    return {
      text: this.#answer.text(),
      usage: this.#meter.usage(this.#result),
      sessionTotals: this.#meter.totals(),
      metadata: keptOf(this.#result ?? {}),
      warnings: this.#warnings(denied),
      denied,
    };
  }

  #tool(told: JsonObject): ReturnType<Tools['note']> {
    const noted = this.#tools.note(told);
    // What is said of a call that was over says nothing of what the agent does now.
    if (noted.before === null || !isOver(noted.before)) this.#answer.tool();
    this.#progress.tool(noted);
    return noted;
  }

  #warnings(denied: readonly string[]): string[] {
    const more = this.#denied.size - denied.length;
    const names = `${denied.join('; ')}${more === 0 ? '' : `; and ${more} more`}`;
    const currency = this.#meter.foreignCurrency;
    return [
      ...(denied.length === 0 ? [] : [`${this.#program} was denied ${names}`]),
      ...(this.#answer.isCut ? ['the answer was longer than is kept: the rest is only in the turn log'] : []),
      ...(currency === null
        ? []
        : [
            `${this.#program} tells its cost in ${currency.slice(0, 20)}: it is not counted, since sums are in US dollars`,
          ]),
      ...(this.#meter.hasLostCount
        ? [
            `${this.#program} counts the cost of its session anew: what its turns in it cost is unknown, and runtime.max_cost_usd does not bound them; runtime.max_turns and runtime.max_minutes do`,
          ]
        : []),
    ];
  }
}

/** What of the answer is kept with the session; what only fills it is left out. */
function keptOf(result: JsonObject): JsonObject {
  if (JSON.stringify(result).length <= MOST_METADATA) return result;
  const { stopReason } = result;
  return typeof stopReason === 'string' ? { stopReason: stopReason.slice(0, 100) } : {};
}

/** What the ledger has for the session that the turn goes on in; a new one has cost nothing. */
function costBefore({ resume, totalsBefore }: TurnCall): number | null {
  return resume === null ? 0 : (totalsBefore?.costUsd ?? null);
}
