import type { Difference } from '../core/checks/guards.ts';

/** What `diff-tree -z --raw` lists, by path. */
export function differencesIn(output: string): readonly Difference[] {
  const fields = output.split('\0');
  const found: Difference[] = [];
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const [before, after, idBefore, idAfter] = (fields[at] ?? '').replace(/^:/, '').split(' ');
    const entry = (mode = '', id = '') => (/^0+$/.test(mode) ? null : `${mode} ${id}`);
    found.push({ path: fields[at + 1] ?? '', before: entry(before, idBefore), after: entry(after, idAfter) });
  }
  return found;
}

/** What `ls-tree -r -z` lists: mode and id by path. */
export function entriesIn(output: string): ReadonlyMap<string, string> {
  return new Map(
    output.split('\0').flatMap((line) => {
      const [, mode, id, name] = /^(\d+) \w+ ([0-9a-f]+)\t(.+)$/s.exec(line) ?? [];
      return mode === undefined || name === undefined ? [] : [[name, `${mode} ${id ?? ''}`] as const];
    }),
  );
}
