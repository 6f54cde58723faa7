import { addUsage } from '../../core/totals.ts';
import type { Usage } from '../../core/vocabulary.ts';
import { UNKNOWN_USAGE } from '../../core/vocabulary.ts';
import type { JsonObject } from '../json.ts';
import { countOf, objectOf, textOf } from '../json.ts';
import { fillUsage } from '../usage.ts';

/** Collects what an agent tells of one turn's tokens and of its session's cost. What it does not tell is unknown. */
export class UsageMeter {
  readonly #costBefore: number | null;
  #ofChunks: Usage | null = null;
  #cost: number | null = null;
  #wentDown = false;
  #currency: string | null = null;

  /** `costBefore`: what the ledger has for the session, in dollars; null: unknown. */
  constructor(costBefore: number | null) {
    this.#costBefore = costBefore;
  }

  /** Any update may carry the figures of one request to the model. */
  update(update: JsonObject): void {
    const figures = objectOf(objectOf(update['_meta'])?.['usage']);
    if (figures !== null) this.#ofChunks = addUsage(this.#ofChunks ?? UNKNOWN_USAGE, tokensOf(figures, false));
    if (update['sessionUpdate'] === 'usage_update') this.#heardCost(objectOf(update['cost']));
  }

  /** Of this turn alone. `result`: the answer to the prompt; null: it has not come. */
  usage(result: JsonObject | null): Usage {
    const stated = objectOf(result?.['usage']);
    const quota = objectOf(objectOf(objectOf(result?.['_meta'])?.['quota'])?.['token_count']);
    const told = [
      stated === null ? UNKNOWN_USAGE : tokensOf(stated, true),
      quota === null ? UNKNOWN_USAGE : quotaOf(quota),
      this.#ofChunks ?? UNKNOWN_USAGE,
    ];
    return { ...told.reduce(fillUsage), costUsd: this.#costOfTurn() };
  }

  /** What the session has cost, for the next turn to count from; null where that cannot be told. */
  totals(): Usage | null {
    // A count that began anew once may do so in every process: nothing can be subtracted from it any more.
    if (this.#wentDown || this.#costBefore === null) return null;
    // A turn that tells none is counted with the next one that does.
    return { ...UNKNOWN_USAGE, costUsd: this.#cost ?? this.#costBefore };
  }

  /** A cost was told, but not from where it counts: what the turn cost is unknown, and no bound can count it. */
  get hasLostCount(): boolean {
    return this.#cost !== null && this.#costOfTurn() === null;
  }

  /** The currency of a cost that is not in dollars; null: there was none. */
  get foreignCurrency(): string | null {
    return this.#currency;
  }

  #heardCost(cost: JsonObject | null): void {
    const amount = countOf(cost?.['amount']);
    if (amount === null) return;
    const currency = textOf(cost?.['currency']);
    if (currency?.toUpperCase() !== 'USD') {
      this.#currency = currency ?? 'no currency';
      return;
    }
    // A process that goes on in a session may count from 0: what the session has cost is then unknown.
    if (amount < (this.#cost ?? this.#costBefore ?? 0)) this.#wentDown = true;
    this.#cost = amount;
  }

  #costOfTurn(): number | null {
    if (this.#cost === null || this.#costBefore === null || this.#wentDown) return null;
    return Math.round((this.#cost - this.#costBefore) * 1e9) / 1e9;
  }
}

/**
 * Figures in the protocol's words. Whether what came from a cache is part of the input, and thinking of the output, agents hold
 * differently: their own total tells. `isApart`: what holds where it does not.
 */
function tokensOf(figures: JsonObject, isApart: boolean): Usage {
  const [input, output] = [countOf(figures['inputTokens']), countOf(figures['outputTokens'])];
  const read = countOf(figures['cachedReadTokens']);
  const cached = (read ?? 0) + (countOf(figures['cachedWriteTokens']) ?? 0);
  const thought = countOf(figures['thoughtTokens']);
  const total = countOf(figures['totalTokens']);
  const base = (input ?? 0) + (output ?? 0);
  const fits = [
    [isApart ? cached : 0, 0],
    [isApart ? cached : 0, thought ?? 0],
    [isApart ? 0 : cached, 0],
    [isApart ? 0 : cached, thought ?? 0],
  ].find(([more = 0, thinking = 0]) => base + more + thinking === total);
  const [more = 0, thinking = 0] = fits ?? [isApart ? cached : 0, 0];
  return {
    inputTokens: input === null ? null : input + more,
    cachedInputTokens: read,
    outputTokens: output === null ? null : output + thinking,
    reasoningTokens: thought,
    costUsd: null,
  };
}

/** gemini counts beside the protocol, in words of its own. */
function quotaOf(count: JsonObject): Usage {
  return {
    ...UNKNOWN_USAGE,
    inputTokens: countOf(count['input_tokens']),
    outputTokens: countOf(count['output_tokens']),
  };
}
