import type { Check } from './check.ts';

/** What a state says about commands: its files, the scripts of package.json and the text of the Makefile, all of the folder checks run in. */
export interface CommandSources {
  /** Whether a path, relative to that folder, is a file of the state. */
  readonly has: (path: string) => boolean;
  readonly scripts: Readonly<Record<string, string>>;
  readonly makefile: string | null;
}

/**
 * The files that the commands of checks name, and that are no sources by where they lie or what they are called: a script that runs
 * the tests decides what a check says as much as they do. Relative, sorted.
 */
export function namedGuards(checks: readonly Pick<Check, 'run'>[], sources: CommandSources): readonly string[] {
  const found = checks.flatMap(({ run }) => wordsOf(typeof run === 'string' ? run : run.join(' '), sources, 3));
  const paths = found.map((word) => word.replace(/^(?:\.\/)+/, ''));
  return [...new Set(paths)].filter((path) => isRunner(path) && sources.has(path)).sort();
}

/** The words of a command, and of the scripts and the Makefile that it leads to. */
function wordsOf(text: string, sources: CommandSources, depth: number): readonly string[] {
  const words: readonly string[] = text.match(/[\w@%+./:-]+/g) ?? [];
  if (depth === 0) return words;
  const { scripts, makefile } = sources;
  const inner = words.flatMap((word) =>
    ['', 'pre', 'post'].flatMap((prefix) =>
      Object.hasOwn(scripts, `${prefix}${word}`) ? [scripts[`${prefix}${word}`] ?? ''] : [],
    ),
  );
  if (words.includes('make') && makefile !== null) inner.push(makefile);
  return [...words, ...inner.flatMap((one) => wordsOf(one, { ...sources, makefile: null }, depth - 1))];
}

const FOLDERS = /(?:^|\/)\.?(?:scripts?|tools?|hack|ci|build|dev|etc|make|tasks?|support)\//;
const NAMES = /(?:^|[-_.])(?:tests?|checks?|verify|lint|ci|spec)(?:[-_.]|$)/i;

function isRunner(path: string): boolean {
  return FOLDERS.test(path) || NAMES.test(path.slice(path.lastIndexOf('/') + 1));
}
