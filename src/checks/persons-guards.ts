import { type Difference, guardKind, isOwnConfiguration, type TouchedGuard } from '../core/checks/guards.ts';
import type { Ground, PersonsEdits } from '../run/check-port.ts';
import type { Entry, StateFiles } from './states.ts';

export interface GuardTexts {
  readonly added: (path: string) => boolean;
  /** Whether the parts that decide are the same before and after. */
  readonly isSame: (difference: Difference) => Promise<boolean>;
  /** A guard's entry of one state, put into the one of another. */
  readonly merged: (guard: TouchedGuard, of: string | null, into: string | null) => Promise<string | null>;
}

/**
 * What a person left in the place of a guard is the guard from then on. One that came with a completed phase, or that the person added
 * after one, stays out of the base: it tells nothing about sources that had not what it is about.
 */
export async function withPersonsGuards(
  states: StateFiles,
  ground: Ground,
  edits: PersonsEdits,
  texts: GuardTexts,
): Promise<Ground & { readonly paths: readonly string[] }> {
  const paths = await personsGuards(states, ground, edits, texts);
  if (paths.size === 0) return { ...ground, paths: [] };
  const entriesFor = async (tree: string, of: (guard: TouchedGuard) => boolean): Promise<Entry[]> => {
    const guards = touched(await states.differences(tree, edits.to), texts.added).filter(
      (guard) => paths.has(guard.path) && of(guard),
    );
    return Promise.all(
      guards.map(async (guard) => ({
        path: guard.path,
        value: await texts.merged(guard, guard.after, guard.before),
      })),
    );
  };
  const put = async (tree: string, of: (guard: TouchedGuard) => boolean) => {
    const entries = await entriesFor(tree, of);
    return entries.length === 0 ? tree : states.overlay(tree, entries);
  };
  const { base, guards, later } = ground;
  const isRun = ({ kind }: TouchedGuard) => kind !== 'machinery';
  const isOfBase = (guard: TouchedGuard) => !isRun(guard) || guard.before !== null || later === null;
  return {
    base: await put(base, (guard) => isRun(guard) && isOfBase(guard)),
    guards: await put(guards, isOfBase),
    later: later === null ? null : await put(later, isRun),
    paths: [...paths].sort(),
  };
}

async function personsGuards(
  states: StateFiles,
  { guards }: Ground,
  { from, to, configuration }: PersonsEdits,
  { added, isSame }: GuardTexts,
): Promise<ReadonlySet<string>> {
  const paths = new Set<string>();
  for (const guard of touched(from === null ? [] : await states.differences(from, to), added)) {
    if (guard.kind === 'inline' && (guard.before === null || guard.after === null)) continue;
    if ((guard.kind !== 'pieces' && guard.kind !== 'inline') || !(await isSame(guard))) paths.add(guard.path);
  }
  if (!configuration) return paths;
  for (const { path } of await states.differences(guards, to)) if (isOwnConfiguration(path)) paths.add(path);
  return paths;
}

function touched(differences: readonly Difference[], added: (path: string) => boolean): TouchedGuard[] {
  return differences.flatMap((difference) => {
    const kind = guardKind(difference.path, added);
    return kind === null ? [] : [{ ...difference, kind }];
  });
}
