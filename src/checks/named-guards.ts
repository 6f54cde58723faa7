import type { Check } from '../core/checks/check.ts';
import { namedGuards } from '../core/checks/named-files.ts';
import { scriptsIn } from './scripts.ts';
import type { States } from './states.ts';

/** The files of a state that checks name as what runs them, relative to the top. `prefix`: of the folder they run in, with its `/`. */
export async function namedIn(
  states: States,
  prefix: string,
  { checks, tree }: { readonly checks: readonly Check[]; readonly tree: string },
): Promise<readonly string[]> {
  const entries = await states.entries(tree);
  const text = async (name: string) => states.text(entries.get(`${prefix}${name}`) ?? null);
  const makefile = (await text('Makefile')) ?? (await text('makefile')) ?? (await text('GNUmakefile'));
  const scripts = scriptsIn(await text('package.json'));
  const has = (name: string) => entries.has(`${prefix}${name}`);
  return namedGuards(checks, { has, scripts, makefile }).map((name) => `${prefix}${name}`);
}
