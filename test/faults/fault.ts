import { test } from 'vitest';
import type { PromiseOptions } from '../support/promises.ts';
import { createRig, type Rig } from '../support/rig.ts';
import type { RigOptions } from '../support/sandbox.ts';

/** What is done in the rig, and what is expected when the promises are checked, where that is not the usual. */
export type FaultBody = (rig: Rig) => Promise<PromiseOptions | undefined>;

/**
 * A test of one fault, named by its number in docs/faults.md. Each has a rig of its own and ends with the promises I1 to I9.
 *
 * @example
 * fault(4, 'I4: only the verifier is asked again after a kill in its turn', { script }, async (rig) => {
 *   …
 *   return { maxTurns: 3 };
 * });
 */
export function fault(number: number, title: string, options: RigOptions, body: FaultBody): void {
  test(`#${number} ${title}`, async () => {
    await using rig = await createRig(options);
    await rig.checkPromises((await body(rig)) ?? {});
  });
}
