import type { Totals } from '../core/events.ts';
import type { RunState } from '../core/state.ts';
import { PAIRS, type Usage } from '../core/vocabulary.ts';
import { duration } from './duration.ts';

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

/** What a run took, by pair and in all: one line each. Unknown figures are shown as `-`, never as 0. */
export function usageTable(state: RunState): readonly string[] {
  const rows = [
    ['', 'turns', 'time', 'input', 'cached', 'output', 'cost'],
    ...PAIRS.flatMap((pair) => {
      const totals = state.spentByPair[pair];
      return totals === undefined ? [] : [rowOf(pair, totals)];
    }),
    rowOf('run', state.spent),
  ];
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  '),
  );
}

function rowOf(name: string, { turns, duration_ms, usage }: Totals): string[] {
  const cost = usage.costUsd === null ? '-' : `$${usage.costUsd.toFixed(4)}`;
  const tokens = [usage.inputTokens, usage.cachedInputTokens, usage.outputTokens];
  return [name, String(turns), duration(duration_ms), ...tokens.map((n) => (n === null ? '-' : count(n))), cost];
}

function count(tokens: number): string {
  return tokens.toLocaleString('en-US');
}
