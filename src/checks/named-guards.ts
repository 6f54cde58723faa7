import type { Check } from '../core/checks/check.ts';
import { isScript, namedGuards, namedInScript } from '../core/checks/named-files.ts';
import { isAlsoSource } from '../core/checks/test-files.ts';
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

/** Files that results name, as globs relative to the top, but for sources with tests in them. They may be relative to `prefix`. */
export async function standingIn(
  states: StateFiles,
  prefix: string,
  { files, trees }: { readonly files: readonly string[]; readonly trees: readonly string[] },
): Promise<readonly string[]> {
  const found = new Map<string, boolean>();
  for (const tree of new Set(trees)) {
    const entries = await states.entries(tree);
    const here = [...new Set(files.flatMap((file) => [file, `${prefix}${file}`]))].filter((file) => entries.has(file));
    await states.read(here.map((file) => entries.get(file) ?? null));
    for (const file of here) {
      const isSource = isAlsoSource(file, (await states.text(entries.get(file) ?? null)) ?? '');
      found.set(file, isSource || found.get(file) === true);
    }
  }
  return [...found].flatMap(([file, isSource]) => (isSource ? [] : [literal(file)])).sort();
}

/** A path as a glob that means nothing else. */
function literal(file: string): string {
  return file.replace(/[\\*?[\]{}()!+@|]/g, '\\$&');
}
