import {
  type Difference,
  type GuardChanges,
  guardChanges,
  guardKind,
  isAddedCode,
  isRestored,
  sinceLater,
  type TouchedGuard,
} from '../core/checks/guards.ts';
import { compareInline, hasInlineTests, mayHaveInlineTests } from '../core/checks/inline-tests.ts';
import { samePieces, withPiecesOf } from '../core/checks/pieces.ts';
import type { Crossed, StateChanges, StatePair } from '../run/check-port.ts';
import { withGraftedTests } from './grafts.ts';
import type { Entry, StateFiles } from './states.ts';

/** Whether a path is a guard because the configuration says so. */
type IsAdded = (path: string) => boolean;

/** What was done to guards between states, and states with the guards of others. */
export class GuardFiles {
  readonly #states: StateFiles;

  constructor(states: StateFiles) {
    this.#states = states;
  }

  async compare({ base, now, later }: StatePair, added: IsAdded): Promise<StateChanges> {
    const differences = await this.#states.differences(base, now);
    const sinceBase = later === null ? [] : await this.#states.differences(base, later);
    const guarded = sinceLater(differences, sinceBase, added);
    await this.#states.read(
      partly([...guarded, ...differences], added).flatMap(({ before, after }) => [before, after]),
    );
    const known = async (list: readonly Difference[]) => ({ added, samePieces: await this.#samePieces(list, added) });
    return {
      differences,
      guards: guardChanges(guarded, await known(guarded)),
      today: guardChanges(differences, await known(differences)),
      testsOnly: await this.#testsOnly(differences, added),
      outside: await this.#states.leadingOut(differences),
    };
  }

  async #samePieces(list: readonly Difference[], added: IsAdded): Promise<ReadonlySet<string>> {
    const same = new Set<string>();
    for (const one of partly(list, added)) if (await this.isSame(one)) same.add(one.path);
    return same;
  }

  async isSame({ path: file, before, after }: Difference): Promise<boolean> {
    const [a, b] = [await this.#states.text(before), await this.#states.text(after)];
    if (a !== null && b !== null) return samePieces(file, a, b);
    // A source that came or went with no test in it.
    return mayHaveInlineTests(file) && guardKind(file) === 'inline' && !hasInlineTests(a ?? b ?? '');
  }

  async #testsOnly(list: readonly Difference[], added: IsAdded): Promise<ReadonlySet<string>> {
    const found = new Set<string>();
    for (const { path: file, before, after } of list) {
      const kind = guardKind(file, added);
      if (kind === 'test' && guardKind(file) === null) found.add(file);
      if (kind !== 'inline') continue;
      const [a, b] = [await this.#states.text(before), await this.#states.text(after)];
      if (a !== null && b !== null && compareInline(a, b).code) found.add(file);
    }
    return found;
  }

  crossed({ base, now }: StatePair, { today }: StateChanges): Crossed {
    const entries = async (changes: GuardChanges, of: 'before' | 'after'): Promise<Entry[]> => {
      const list: Entry[] = [];
      const into = of === 'before' ? 'after' : 'before';
      const isTaken = (guard: TouchedGuard) =>
        guard.kind !== 'machinery' &&
        (isRestored(guard) || (guard.kind !== 'inline' && (of === 'after' || isAddedCode(guard))));
      for (const guard of changes.guards.filter(isTaken)) {
        list.push({ path: guard.path, value: await this.merged(guard, guard[of], guard[into]) });
      }
      return list;
    };
    return {
      oldOnNew: async () => this.#states.overlay(now, await entries(today, 'before')),
      newOnOld: async () => {
        const added = today.guards.filter(({ kind, before }) => kind === 'inline' && before === null);
        const ground = { base, now, entries: await entries(today, 'after') };
        return this.#states.overlay(base, await withGraftedTests(this.#states, added, ground));
      },
    };
  }

  /** Of a file of which only parts are guards, these parts are put into the other text. */
  async merged(guard: TouchedGuard, of: string | null, into: string | null): Promise<string | null> {
    if (guard.kind !== 'pieces' && guard.kind !== 'inline') return of;
    const [from, to] = [await this.#states.text(of), await this.#states.text(into)];
    if (guard.kind === 'inline' && (from === null || to === null)) return null;
    const merged = from === null || to === null ? null : withPiecesOf(guard.path, { of: from, into: to });
    if (merged === null) return of;
    return `${(into ?? '100644').split(' ')[0] ?? '100644'} ${await this.#states.store(merged)}`;
  }
}

/** Files of which only parts decide. */
function partly(list: readonly Difference[], added: IsAdded): readonly Difference[] {
  return list.filter(({ path }) => ['pieces', 'inline'].includes(guardKind(path, added) ?? ''));
}
