import { guardKind } from './guards.ts';
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
  if (/\.[cm]?[jt]sx?$/.test(path)) return text.includes('import.meta.vitest');
  return path.endsWith('.py') && /^\s*>>> /m.test(text);
}
