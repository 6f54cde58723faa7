import type { Check } from './check.ts';
import { ownValue } from '../own-value.ts';

/** What a state says about commands: its files, the scripts of package.json and the text of the Makefile, all of the folder checks run in. */
export interface CommandSources {
  /** Whether a path, relative to that folder, is a file of the state. */
  readonly has: (path: string) => boolean;
  readonly scripts: Readonly<Record<string, string>>;
  readonly makefile: string | null;
}

/**
 * The files that the commands of checks name, and that are no sources by where they lie or what they are called, or are run as scripts of
 * the shell: a script that runs the tests decides what a check says as much as they do. Relative, sorted.
 */
export function namedGuards(checks: readonly Pick<Check, 'run'>[], sources: CommandSources): readonly string[] {
  const texts = checks.flatMap(({ run }) => textsOf(typeof run === 'string' ? run : run.join(' '), sources, 3));
  return filesAmong([...texts.flatMap(wordsOf).filter(isNoSource), ...texts.flatMap(scriptsRunIn)], sources);
}

/**
 * The files that such a file names in its turn, where it is a script or has rules of make. A script of tests also reads the sources,
 * which may be scripts as well: what it runs counts only where it is no source by where it lies or what it is called.
 */
export function namedInScript(path: string, text: string, sources: CommandSources): readonly string[] {
  const run = path.endsWith('.mk') ? scriptsRunIn(text) : [];
  return filesAmong([...wordsOf(text).filter(isNoSource), ...run], sources);
}

/** Whether a file is a script or has rules, so that its text may name others. */
export function isScript(path: string): boolean {
  return /\.(?:sh|bash|zsh|mk|bats)$/.test(path);
}

function filesAmong(words: readonly string[], { has }: CommandSources): readonly string[] {
  return [...new Set(words.map(plain))].filter(has).sort();
}

/** A command, and the scripts and the Makefile that it leads to. */
function textsOf(text: string, sources: CommandSources, depth: number): readonly string[] {
  if (depth === 0) return [text];
  const { scripts, makefile } = sources;
  const words = wordsOf(text);
  const inner = words.flatMap((word) =>
    ['', 'pre', 'post'].flatMap((prefix) => ownValue(scripts, `${prefix}${word}`) ?? []),
  );
  if (words.includes('make') && makefile !== null) inner.push(makefile);
  return [text, ...inner.flatMap((one) => textsOf(one, { ...sources, makefile: null }, depth - 1))];
}

function wordsOf(text: string): readonly string[] {
  return text.match(/[\w@%+./:-]+/g) ?? [];
}

/** What stands where a command does, or behind a shell or what reads a file into it. What is handed to a linter is not run. */
function scriptsRunIn(text: string): readonly string[] {
  const run = /(?:^|[;&|(]|\n[\t ]*[@+-]*)\s*(?:(?:sh|bash|zsh|source|exec|env|-?include|\.)\s+)?([\w@%+./-]+)/g;
  return [...text.matchAll(run)].flatMap(([, word = '']) => (isScript(word) ? [word] : []));
}

function plain(word: string): string {
  return word.replace(/^(?:\.\/)+/, '');
}

const FOLDERS = /(?:^|\/)\.?(?:scripts?|tools?|hack|ci|build|build-aux|dev|etc|make|mk|tasks?|support)\//;
const NAMES = /(?:^|[-_.]|run)(?:tests?|checks?|verify|lint|ci|spec|assert(?:ions?)?)(?:[-_.]|$)|runner/i;

function isNoSource(word: string): boolean {
  const path = plain(word);
  return FOLDERS.test(path) || NAMES.test(path.slice(path.lastIndexOf('/') + 1));
}
