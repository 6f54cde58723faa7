import { listed } from '../core/listed.ts';
import { processTable } from './platform.ts';
import type { ProcessId } from './process-table.ts';

/** A name each, as the system has it, the same one once. */
export function namesOf(found: readonly ProcessId[]): readonly string[] {
  return [...new Set(found.map(({ pid }) => processTable.nameOf(pid) ?? `pid ${pid}`))];
}

const MOST_NAMED = 5;

/** Says of what an agent had left running that it was ended. */
export function leftText(names: readonly string[]): string {
  return `it left processes running, which were ended: ${listed(names, MOST_NAMED)}`;
}
