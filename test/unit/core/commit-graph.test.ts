import { describe, expect, it } from 'vitest';
import { apart, type CommitGraph, onlyThere, reachable } from '../../../src/core/commit-graph.ts';

/** base <- a1 <- a2, base <- b1, and a merge of both; base itself was not asked for. */
const GRAPH: CommitGraph = new Map([
  ['a1', ['base']],
  ['a2', ['a1']],
  ['b1', ['base']],
  ['both', ['a2', 'b1']],
]);

describe('a graph of commits', () => {
  it('reaches what it has, and ends where it was not asked further', () => {
    expect([...reachable(GRAPH, ['both'])].sort()).toEqual(['a1', 'a2', 'b1', 'both']);
    expect(reachable(GRAPH, ['base']).size).toBe(0);
  });

  it('counts what only one of two commits has', () => {
    expect(apart(GRAPH, 'a2', 'b1')).toEqual({ ahead: 2, behind: 1 });
    expect(apart(GRAPH, 'both', 'b1')).toEqual({ ahead: 3, behind: 0 });
    expect(apart(GRAPH, 'a1', 'a1')).toEqual({ ahead: 0, behind: 0 });
  });

  it('tells the commits that would be lost with a branch: neither kept by another one nor merged', () => {
    const of = (kept: string[], merged: string[]) => onlyThere(GRAPH, { tips: ['a2'], kept, merged });
    expect(of([], []).toSorted()).toEqual(['a1', 'a2']);
    expect(of(['both'], [])).toEqual([]);
    expect(of([], ['a1'])).toEqual(['a2']);
    expect(of(['b1'], ['a2'])).toEqual([]);
    expect(onlyThere(GRAPH, { tips: ['a1', 'b1'], kept: [], merged: ['a1'] })).toEqual(['b1']);
  });
});
