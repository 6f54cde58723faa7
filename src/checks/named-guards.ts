import type { Check } from '../core/checks/check.ts';
import { isScript, namedGuards, namedInScript } from '../core/checks/named-files.ts';
import { scriptsIn } from './scripts.ts';
import type { StateFiles } from './states.ts';

/** The files of a state that checks name as what runs them, relative to the top. `prefix`: of the folder they run in, with its `/`. */
export async function namedIn(
  states: StateFiles,
  prefix: string,
  { checks, tree }: { readonly checks: readonly Check[]; readonly tree: string },
): Promise<readonly string[]> {
  const entries = await states.entries(tree);
  const text = async (name: string) => states.text(entries.get(`${prefix}${name}`) ?? null);
  const makefile = (await text('Makefile')) ?? (await text('makefile')) ?? (await text('GNUmakefile'));
  const scripts = scriptsIn(await text('package.json'));
  const has = (name: string) => entries.has(`${prefix}${name}`);
  const sources = { has, scripts, makefile };
  const found = new Set(namedGuards(checks, sources));
  // What is added while this goes on is looked at as well.
  for (const name of found) {
    const inner = isScript(name) && found.size < MOST_NAMED ? await text(name) : null;
    for (const other of inner === null ? [] : namedInScript(name, inner, sources)) found.add(other);
  }
  return [...found].sort().map((name) => `${prefix}${name}`);
}

const MOST_NAMED = 200;
