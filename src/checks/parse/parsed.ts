import type { TestCollector } from '../../core/checks/results.ts';

/** More than this of results is not read: nobody looks at it, and it would fill the memory. */
export const MOST_RESULT_BYTES = 64 * 1024 * 1024;

/** What a parser made of results. `unreadable`: why they cannot be believed as they are; null: they can. */
export interface Parsed {
  readonly found: TestCollector;
  readonly unreadable: string | null;
}

/** Reads results line by line, so that output of any length takes no more memory than its tests. */
export interface LineParser {
  line(text: string): void;
  end(): Parsed;
}

/** Takes the folder of the check tree out of a path or text: the same test has the same id in every tree. */
export function withoutTree(text: string, root: string): string {
  return text.replaceAll(`${root}/`, '').replaceAll(root, '.');
}

/** The parts of an id, without empty ones. */
export function idOf(...parts: readonly (string | null | undefined)[]): string {
  return parts.filter((part) => part !== null && part !== undefined && part !== '').join(' > ');
}
