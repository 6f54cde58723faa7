import { test } from 'vitest';
import type { PromiseOptions } from '../support/promises.ts';
import { createRig, type Rig } from '../support/rig.ts';
import type { RigOptions } from '../support/sandbox.ts';

/** What is done in the rig, and what is expected when the promises are checked, where that is not the usual. */
export type FaultBody = (rig: Rig) => Promise<PromiseOptions | undefined>;

export interface FaultOptions extends RigOptions {
  /** What this machine lacks for the test, which is then skipped and says so. */
  readonly lacks?: string | null;
  /** How long the test may take in ms, where that is more than usual. */
  readonly takes?: number;
}

/**
 * A test of one fault, named by the promises that it checks (`support/promises.ts`) and what happens. Each has a rig of its own,
 * runs beside others of its file, and ends with the promises I1 to I9.
 *
 * @example
 * fault('I4: only the verifier is asked again after a kill in its turn', { script }, async (rig) => {
 *   …
 *   return { maxTurns: 3 };
 * });
 */
export function fault(title: string, options: FaultOptions, body: FaultBody): void {
  const { lacks = null, takes, ...rigOptions } = options;
  const settings = takes === undefined ? {} : { timeout: takes };
  test.concurrent(title, settings, async ({ onTestFailed, skip }) => {
    if (lacks !== null) skip(lacks);
    await using rig = await createRig(rigOptions, onTestFailed);
    await rig.checkPromises((await body(rig)) ?? {});
  });
}
