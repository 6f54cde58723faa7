import { resultKey } from '../../core/checks/facts.ts';
import { unusualTestFiles } from '../../core/checks/test-files.ts';
import type { CheckResult } from '../../core/checks/results.ts';
import type { EvidenceSettings } from '../../core/settings.ts';
import type { Loop } from '../loop.ts';
import type { ResultStore } from './results.ts';
import { ownValue } from '../../core/own-value.ts';

/**
 * The settings with what counts as a guard besides what always does: what was configured, what the checks' own commands name, and the
 * files in which tests stand by what is known of the checks on the base, after completed phases and on `now`.
 */
export async function withNamedGuards(loop: Loop, results: ResultStore, now: string): Promise<EvidenceSettings> {
  const { bench, evidence } = results;
  const { resolved, phaseTrees } = loop.state.checks;
  if (resolved === null || resolved.checks.length === 0) return evidence;
  const trees = [...new Set([resolved.baseTree, ...phaseTrees.map(({ tree }) => tree), now])];
  const files = unusualTestFiles(await resultsOn(loop, results, trees));
  const named = [
    ...(await bench.namedGuards(resolved.checks, resolved.guardTree)),
    ...(files.length === 0 ? [] : ((await bench.testFiles?.(files, trees)) ?? [])),
  ];
  return named.length === 0 ? evidence : { ...evidence, guards: [...evidence.guards, ...named] };
}

/** What is known of the checks on states. What a linter names are the sources. */
async function resultsOn(loop: Loop, results: ResultStore, trees: readonly string[]): Promise<readonly CheckResult[]> {
  const { resolved, kept } = loop.state.checks;
  const found: CheckResult[] = [];
  for (const { name } of resolved?.checks ?? []) {
    for (const tree of trees) {
      const isOfTests = ownValue(kept, resultKey(name, tree))?.parser !== 'problems';
      const known = isOfTests ? await results.known(name, tree) : null;
      if (known !== null) found.push(known);
    }
  }
  return found;
}
