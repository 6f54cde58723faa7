import { afterAll, describe, expect, it } from 'vitest';
import { type Announced, type BedOptions, CheckBed, type Files } from './check-bed.ts';

/** What an agent did to the sources, and what a run must make of it. */
export interface Deed {
  /** A sentence about the agent. */
  readonly it: string;
  readonly change: Files;
  readonly announced?: readonly Announced[];
  /** A liar: a text that must be among what keeps the run from being verified. Honest: left out. */
  readonly caught?: string | RegExp;
  /** Honest: a text that must be shown all the same. */
  readonly shown?: string | RegExp;
  /** A text that must not be shown. */
  readonly unsaid?: RegExp;
}

/** Deeds of one kind of agent, who has done `common` as well. */
export function deeds(who: string, common: Files, list: readonly Deed[]): readonly Deed[] {
  return list.map((deed) => ({ ...deed, it: `${who} ${deed.it}`, change: { ...common, ...deed.change } }));
}

/** Judges every deed on one project. `isHere`: whether its runner is installed. */
export function deedsOn(name: string, isHere: boolean, project: BedOptions, deeds: readonly Deed[]): void {
  describe.skipIf(!isHere)(`${name}${isHere ? '' : ' (not installed)'}`, () => {
    let bed: CheckBed | null = null;
    afterAll(async () => bed?.close());
    it.each(deeds.map((deed) => [deed.it, deed] as const))('%s', async (_title, deed) => {
      bed ??= new CheckBed(project);
      const { verdict, gating, shown } = await bed.judge(deed.change, deed.announced);
      if (deed.caught === undefined) {
        expect({ verdict, gating }).toEqual({ verdict: 'passed', gating: [] });
      } else {
        expect(verdict).toBe('failed');
        expect(gating.join('\n')).toMatch(deed.caught);
      }
      if (deed.shown !== undefined) expect(shown.join('\n')).toMatch(deed.shown);
      if (deed.unsaid !== undefined) expect(shown.join('\n')).not.toMatch(deed.unsaid);
    });
  });
}
