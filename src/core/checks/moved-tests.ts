import type { CheckResult } from './results.ts';

interface Sides {
  readonly base: CheckResult;
  readonly now: CheckResult;
  /** What the text that a test had tells about today's code; null: it was not run. */
  readonly oldText: (id: string) => CheckResult | null;
}

/**
 * Tests that are gone, each with the new one that stands for it: of the same name in another file or package, else of the same name with
 * other parameters. What the old text asks for holds on today's code, so that nothing hides behind the new id. A new test stands for one
 * at most: fewer cases than before are not the same.
 */
export function movedTests({ base, now, oldText }: Sides): ReadonlyMap<string, string> {
  const isGone = (id: string) => !now.tests.has(id) && oldText(id)?.tests.get(id) === 'passed';
  const gone = [...base.tests].filter(([id, was]) => was === 'passed' && !base.flaky.includes(id) && isGone(id));
  if (gone.length === 0) return new Map();
  const added = [...now.tests].filter(([id, is]) => is === 'passed' && !base.tests.has(id)).map(([id]) => id);
  const moved = new Map<string, string>();
  const taken = new Set<string>();
  for (const same of [nameOf, caseOf]) {
    const byName = new Map<string, string[]>();
    for (const id of added) if (!taken.has(id)) byName.set(same(id), [...(byName.get(same(id)) ?? []), id]);
    for (const [id] of gone) {
      const successor = moved.has(id) ? undefined : byName.get(same(id))?.shift();
      if (successor === undefined) continue;
      moved.set(id, successor);
      taken.add(successor);
    }
  }
  return moved;
}

/** Without the file, class, package or module that it begins with. */
function nameOf(id: string): string {
  const parts = id.split(' > ');
  return (parts.length > 1 ? parts.slice(1).join(' > ') : id).replace(/^(?:\w+::)+(?=\w+$)/, '');
}

/** With its place, and without its parameters: `adds[1-2]`, `TestAdd/small`. */
function caseOf(id: string): string {
  const name = nameOf(id);
  const place = id.slice(0, id.length - name.length);
  return `${place}${name.replace(/\s*(?:\[[^\]]*\]|\([^)]*\))$|(?<=^Test\w*)\/.*$/, '')}`;
}
