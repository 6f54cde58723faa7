import { PAIRS, type Pair } from './vocabulary.ts';

/** What a comma list of pairs may hold, for messages and help. */
export const PAIRS_ACCEPTED = `a comma list of ${PAIRS.join(', ')}, each at most once`;

export type PairList = { readonly pairs: readonly Pair[] } | { readonly error: string };

/**
 * Reads a comma list of pairs; blanks around an entry are ignored. The pairs come in the order in which they are worked,
 * whatever the order of the list. `error` completes a sentence that begins with "found".
 */
export function parsePairs(text: string): PairList {
  const chosen = new Set<string>();
  for (const entry of text.split(',').map((part) => part.trim())) {
    const trouble = troubleWith(entry, chosen);
    if (trouble !== null) return { error: `${trouble}; accepted: ${PAIRS_ACCEPTED}` };
    chosen.add(entry);
  }
  return { pairs: PAIRS.filter((pair) => chosen.has(pair)) };
}

function troubleWith(entry: string, chosen: ReadonlySet<string>): string | null {
  if (entry === '') return chosen.size === 0 ? 'no pair' : 'an empty entry';
  if (chosen.has(entry)) return `the pair "${entry}" twice`;
  if (!PAIRS.some((pair) => pair === entry)) return `an unknown pair ${JSON.stringify(entry.slice(0, 40))}`;
  return null;
}

/** The pairs that are wanted and that a run has not had, in working order. */
export function addedPairs(had: readonly Pair[], wanted: readonly Pair[]): readonly Pair[] {
  return wanted.filter((pair) => !had.includes(pair));
}
