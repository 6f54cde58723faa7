/** The word of a list that a mistyped one most likely means: at most a third of its letters differ; null: none is near. */
export function mostSimilar(typed: string, words: readonly string[]): string | null {
  // Longer words than this are no slip, and the bound keeps the comparison cheap for any input.
  if (typed.length > 64) return null;
  const near = words
    .map((word) => ({ word, distance: editDistance(typed.toLowerCase(), word) }))
    .filter(({ word, distance }) => distance <= Math.max(1, Math.floor(word.length / 3)))
    .sort((a, b) => a.distance - b.distance);
  return near[0]?.word ?? null;
}

/** Names in the order in which a mistyped one may mean them. Of each only so much is compared as somebody types. */
export function nearestFirst(typed: string, names: readonly string[]): readonly string[] {
  const distances = new Map(names.map((name) => [name, editDistance(typed.slice(0, 64), name.slice(0, 64))]));
  return [...names].sort((a, b) => (distances.get(a) ?? 0) - (distances.get(b) ?? 0));
}

/** Levenshtein: insertions, deletions and substitutions. */
export function editDistance(from: string, to: string): number {
  let last = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const same = from[row - 1] === to[column - 1];
      const kept = (last[column - 1] ?? 0) + (same ? 0 : 1);
      current[column] = Math.min((last[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1, kept);
    }
    last = current;
  }
  return last[to.length] ?? 0;
}
