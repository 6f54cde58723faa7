import type { FoundRun } from '../lookup.ts';

/** Fills in what a run of an older release lacks; what was done, one line each. */
export function adoptRun(_workspace: string, _found: FoundRun): Promise<readonly string[]> {
  return Promise.resolve([]);
}
