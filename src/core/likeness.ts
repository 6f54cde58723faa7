/**
 * How much two texts have in common, from 0 (nothing) to 1 (the same), by their pairs of neighbouring letters (Dice). Long texts are
 * compared by their beginnings, so that no input is slow.
 */
export function likeness(one: string, other: string): number {
  const [a, b] = [pairsOf(one), pairsOf(other)];
  if (a.size === 0 || b.size === 0) return one === other ? 1 : 0;
  let common = 0;
  let total = 0;
  for (const [pair, count] of a) {
    common += Math.min(count, b.get(pair) ?? 0);
    total += count;
  }
  for (const count of b.values()) total += count;
  return (2 * common) / total;
}

const MOST_COMPARED = 1000;

function pairsOf(text: string): Map<string, number> {
  const pairs = new Map<string, number>();
  const compared = text.slice(0, MOST_COMPARED);
  for (let at = 0; at + 1 < compared.length; at += 1) {
    const pair = compared.slice(at, at + 2);
    pairs.set(pair, (pairs.get(pair) ?? 0) + 1);
  }
  return pairs;
}
