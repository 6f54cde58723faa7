/** Commits with their parents, as far as they were asked for. */
export type CommitGraph = ReadonlyMap<string, readonly string[]>;

/** The commits of a graph that can be reached from these, themselves included. */
export function reachable(graph: CommitGraph, tips: Iterable<string>): ReadonlySet<string> {
  const found = new Set<string>();
  const open = [...tips];
  for (let commit = open.pop(); commit !== undefined; commit = open.pop()) {
    const parents = found.has(commit) ? undefined : graph.get(commit);
    if (parents === undefined) continue;
    found.add(commit);
    open.push(...parents);
  }
  return found;
}

/** How many commits `tip` has that `target` has not, and the other way round, in a graph that has all that only one of them has. */
export function apart(
  graph: CommitGraph,
  tip: string,
  target: string,
): { readonly ahead: number; readonly behind: number } {
  const [ours, theirs] = [reachable(graph, [tip]), reachable(graph, [target])];
  const only = (of: ReadonlySet<string>, other: ReadonlySet<string>) => [...of].filter((one) => !other.has(one)).length;
  return { ahead: only(ours, theirs), behind: only(theirs, ours) };
}

/** What is known of a branch that may be deleted. */
export interface BranchStanding {
  /** Its commit, and that which its work tree has checked out. */
  readonly tips: readonly string[];
  /** Commits that other branches keep, of those in the graph. */
  readonly kept: readonly string[];
  /** A commit of the branch up to which it was brought into another one. */
  readonly merged: readonly string[];
}

/** The commits that would be in no branch any more, in a graph of what other branches do not keep. */
export function onlyThere(graph: CommitGraph, { tips, kept, merged }: BranchStanding): readonly string[] {
  const safe = reachable(graph, [...kept, ...merged]);
  return [...reachable(graph, tips)].filter((commit) => !safe.has(commit));
}
