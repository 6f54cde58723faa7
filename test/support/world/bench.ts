import { type Difference, guardChanges, sinceLater } from '../../../src/core/checks/guards.ts';
import type { TestOutcome } from '../../../src/core/checks/results.ts';
import type { Settings } from '../../../src/core/settings.ts';
import type { CheckBench } from '../../../src/run/check-port.ts';
import type { Disk } from './disk.ts';
import type { Operations } from './operations.ts';

type Tree = ReadonlyMap<string, string>;

/** What a check finds on a state: the outcome of each test. */
export type Tested = (tree: Tree) => Readonly<Record<string, TestOutcome>>;

/** Checks in memory: states are copies of the files, and a check is a function of one. Every run of it is an operation, and counted. */
export function bench(disk: Disk, operations: Operations, tested: Tested): CheckBench {
  const take = (tree: Tree) => {
    const id = JSON.stringify([...tree].sort());
    disk.trees.set(id, tree);
    return id;
  };
  const of = (id: string): Tree => disk.trees.get(id) ?? new Map();
  const sources = () => take(new Map([...disk.files].filter(([path]) => !path.startsWith('.autoloop/'))));
  const differences = (a: string, b: string): Difference[] =>
    [...new Set([...of(a).keys(), ...of(b).keys()])].sort().flatMap((path) => {
      const [before, after] = [of(a).get(path) ?? null, of(b).get(path) ?? null];
      return before === after ? [] : [{ path, before, after }];
    });
  const overlaid = (id: string, entries: readonly (readonly [string, string | null])[]) => {
    const tree = new Map(of(id));
    for (const [path, text] of entries) {
      if (text === null) tree.delete(path);
      else tree.set(path, text);
    }
    return take(tree);
  };
  return {
    discover: async () => Promise.resolve([]),
    snapshot: async () => operations.write('take the sources', sources),
    lost: async (trees) => Promise.resolve(trees.filter((id) => !disk.trees.has(id))),
    lastCommit: async () => {
      const { head } = disk;
      if (head === null) return Promise.resolve(null);
      const tree = new Map([...head.tree].filter(([path]) => !path.startsWith('.autoloop/')));
      return Promise.resolve({ commit: head.id, tree: async () => Promise.resolve(take(tree)) });
    },
    committed: async ({ base, now }) => {
      const tree = new Map([...(disk.head?.tree ?? [])].filter(([path]) => !path.startsWith('.autoloop/')));
      const last = take(tree);
      const persons = new Set(differences(take(disk.commits[0]?.tree ?? new Map()), base).map(({ path }) => path));
      const left = differences(last, now).filter(({ path }) => persons.has(path));
      return Promise.resolve(
        overlaid(
          last,
          left.map(({ path, after }) => [path, after]),
        ),
      );
    },
    withPersonsGuards: async (ground) => Promise.resolve({ ...ground, paths: [] }),
    compare: async ({ base, now, later }) => {
      const between = differences(base, now);
      const guarded = sinceLater(between, later === null ? [] : differences(base, later));
      const whole = { testsOnly: new Set<string>(), outside: [] };
      const touched = { guards: guardChanges(guarded), today: guardChanges(between) };
      return Promise.resolve({ differences: between, ...touched, ...whole });
    },
    namedGuards: async () => Promise.resolve([]),
    crossed: async ({ base, now }, { today }) =>
      Promise.resolve({
        oldOnNew: async () =>
          Promise.resolve(
            overlaid(
              now,
              today.guards.map(({ path, before }) => [path, before]),
            ),
          ),
        newOnOld: async () =>
          Promise.resolve(
            overlaid(
              base,
              today.guards.map(({ path, after }) => [path, after]),
            ),
          ),
      }),
    run: async ({ check, tree }) =>
      operations.write('run a check', () => {
        disk.checked.push(`${check.name} ${tree}`);
        const tests = new Map(Object.entries(tested(of(tree))));
        const exitCode = [...tests.values()].includes('failed') ? 1 : 0;
        const nothing = { files: new Map(), flaky: [], implausible: null };
        const result = { ending: 'exited', exitCode, durationMs: 1, tests, ...nothing } as const;
        return { result, parser: 'tap', cached: false } as const;
      }),
    tail: async () => Promise.resolve(null),
    changed: async () => Promise.resolve({ files: 1, added: 1, removed: 0 }),
    texts: async () => Promise.resolve(new Map()),
    close: async () => Promise.resolve(),
  };
}

/** The check of a story: it has no retries, so that each run counts. */
export const CHECKED: Required<Pick<Settings, 'checks' | 'evidence'>> = {
  checks: [
    {
      ...({ name: 'test', run: 'make test', parser: 'tap', results: null } as const),
      ...({ when: 'cycle', gate: null, heldBack: false, timeoutMinutes: 1 } as const),
    },
  ],
  evidence: {
    ...({ mode: 'required', setup: null, carry: [], keep: [], where: 'clean' } as const),
    ...{ guards: [], retries: 0, maxMinutes: null },
  },
};
