import { resultKey } from '../../core/checks/facts.ts';
import { fromDocument } from '../../core/checks/results.ts';
import type { Loop } from '../loop.ts';
import type { ResultStore } from './results.ts';
import { ownValue } from '../../core/own-value.ts';

/**
 * For a follow-up, before its base is judged: the work tree is not in the state in which its chain began, so that a check which runs there has
 * nothing to go back to. What it found then is taken from the run before; where that is not to be had, nothing counts as old.
 */
export async function takeChainsBase({ state, ports }: Loop, results: ResultStore): Promise<void> {
  const { chainBase } = state.run;
  const { resolved, kept } = state.checks;
  if (chainBase === undefined || resolved === null) return;
  results.standsOn(await results.bench.snapshot());
  const { run_id: runId, results: found } = chainBase.in_place ?? { results: [] };
  for (const { check, name, parser } of found) {
    const isWanted = resolved.checks.some((one) => one.name === check);
    if (!isWanted || ownValue(kept, resultKey(check, resolved.baseTree)) !== undefined) continue;
    await results.inherit(check, parser, fromDocument(await ports.store.recall(name, runId)));
  }
}
