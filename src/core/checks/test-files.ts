import { type Difference, guardKind, type TouchedGuard } from './guards.ts';
import type { CheckResult } from './results.ts';

/**
 * The files in which results say that tests stand, and which nothing else tells to be tests by where they lie or what they are called.
 * Sorted; as the runners name them.
 */
export function unusualTestFiles(results: readonly CheckResult[]): readonly string[] {
  const named = new Set(results.flatMap(({ files }) => [...files.values()]));
  return [...named].filter((file) => [null, 'inline'].includes(guardKind(file))).sort();
}

/** Whether a file in which tests stand has the code that they are about as well, as some runners allow: then it is a source. */
export function isAlsoSource(path: string, text: string): boolean {
  // What has examples in its documentation offers something. Functions that are tests are guards in any file of Rust.
  if (path.endsWith('.rs')) return /```|^\s*(?:pub\b|macro_rules!)/m.test(text);
  if (/\.[cm]?[jt]sx?$/.test(path)) return text.includes('import.meta.vitest');
  return path.endsWith('.py') && /^\s*>>> /m.test(text);
}

/**
 * The files in which results say that tests stand, and which have changed without the old code having got them: sources with tests beside
 * their code. That such a test is not there on the old code says nothing about it. As the runner names them, maybe below the top.
 */
export function untakenFiles(
  { files }: CheckResult,
  changes: {
    readonly differences: readonly Difference[];
    readonly today: { readonly guards: readonly TouchedGuard[] };
  },
): ReadonlySet<string> {
  const isTaken = ({ kind }: TouchedGuard) => kind === 'test' || kind === 'loading';
  const taken = new Set(changes.today.guards.filter(isTaken).map(({ path }) => path));
  const left = changes.differences.map(({ path }) => path).filter((path) => !taken.has(path));
  return new Set([...filesAmong(files, left)].filter((file) => !taken.has(file)));
}

/** The files in which results say that tests stand, and which were not there before. As the runner names them. */
export function addedFiles({ files }: CheckResult, differences: readonly Difference[]): ReadonlySet<string> {
  return filesAmong(
    files,
    differences.filter(({ before }) => before === null).map(({ path }) => path),
  );
}

/** Of the files that results name, maybe below the top, those that are among these paths. */
function filesAmong(files: CheckResult['files'], paths: readonly string[]): ReadonlySet<string> {
  const isAmong = (file: string) => paths.some((path) => path === file || path.endsWith(`/${file}`));
  return new Set([...new Set(files.values())].filter(isAmong));
}
