import { counted } from '../core/counted.ts';
import type { Usage } from '../core/vocabulary.ts';
import { duration } from './duration.ts';

/** What turns took, in the form of the documents for programs (docs/json.md, usage). */
export interface UsageDocument {
  readonly turns: number;
  readonly duration_ms: number;
  readonly input_tokens: number | null;
  readonly cached_input_tokens: number | null;
  readonly output_tokens: number | null;
  readonly reasoning_tokens: number | null;
  readonly cost_usd: number | null;
}

/** Tokens and cost in a few words; what is unknown is left out, and an empty text is all unknown. */
export function usageText({ inputTokens, cachedInputTokens, outputTokens, costUsd }: Usage): string {
  const cached = cachedInputTokens === null ? '' : ` (${count(cachedInputTokens)} cached)`;
  const parts = [
    inputTokens === null ? '' : `${count(inputTokens)} in${cached}`,
    outputTokens === null ? '' : `${count(outputTokens)} out`,
    costUsd === null ? '' : `$${costUsd.toFixed(costUsd < 1 ? 4 : 2)}`,
  ];
  return parts.filter((part) => part !== '').join(', ');
}

/** Turns, agents' time, tokens and cost on one line. */
export function usageLine(usage: UsageDocument): string {
  const tokens = usageText({
    inputTokens: usage.input_tokens,
    cachedInputTokens: usage.cached_input_tokens,
    outputTokens: usage.output_tokens,
    reasoningTokens: usage.reasoning_tokens,
    costUsd: usage.cost_usd,
  });
  const time = usage.duration_ms === 0 ? '' : duration(usage.duration_ms);
  return [counted(usage.turns, 'turn'), time, tokens].filter((part) => part !== '').join(', ');
}

function count(tokens: number): string {
  return tokens.toLocaleString('en-US');
}
