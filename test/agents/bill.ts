import { expect } from 'vitest';
import type { Usage } from '../../src/core/vocabulary.ts';
import type { AnsweredCall } from './mock/server.ts';

/** Fails unless a turn's usage is what the calls were billed, all of one API. codex does not tell what it costs. */
export function expectBilled(usage: Usage | undefined, calls: readonly AnsweredCall[]): void {
  const { costUsd, ...tokens } = usage ?? { costUsd: undefined };
  expect(tokens).toEqual(tokensOf(calls));
  if (calls[0]?.api === 'responses') expect(costUsd).toBeNull();
  else expect(costUsd).toBeCloseTo(costOf(calls), 9);
}

export function tokensOf(calls: readonly AnsweredCall[]) {
  const bills = calls.flatMap(({ billed }) => (billed === null ? [] : [billed]));
  const sum = (key: 'input' | 'cached' | 'output' | 'reasoning') => bills.reduce((total, bill) => total + bill[key], 0);
  return {
    inputTokens: sum('input'),
    cachedInputTokens: sum('cached'),
    outputTokens: sum('output'),
    reasoningTokens: sum('reasoning'),
  };
}

/** Dollars, by the prices for a million tokens that Claude Code 2.1.330 knows of its default model, claude-opus-5-5. */
export function costOf(calls: readonly AnsweredCall[]): number {
  const { inputTokens, cachedInputTokens, outputTokens } = tokensOf(calls);
  return ((inputTokens - cachedInputTokens) * 4 + cachedInputTokens * 0.2 + outputTokens * 20) / 1e6;
}
