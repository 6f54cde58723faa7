import { Problem } from '../core/problem.ts';
import { describeKey, patternOf } from './described.ts';
import type { ConfigKey } from './keys.ts';
import type { Found } from './lookup.ts';

/** A reason why the sources do not add up to settings, in one line. */
export interface Fault {
  readonly line: string;
  /** Whether an option, and not a file, is to blame. */
  readonly typed: boolean;
}

/** A value that is there and cannot stand. */
export function wrong(culprit: Found<unknown>, found: string, accepted: string): Fault {
  const { source, key } = culprit;
  const what = source.typed ? source.place(key) : `${source.place(key)}: ${key}`;
  return { line: `${what}: found ${found}; accepted: ${accepted}`, typed: source.typed };
}

/** A value that another one needs and that is not there. `because` is the other one. */
export function missing(
  key: ConfigKey | 'provider.command' | `provider.commands.${string}`,
  because: Found<unknown>,
  needed: string,
): Fault {
  const accepted = describeKey(patternOf(key.split('.')))?.type ?? 'a mapping with at least start';
  const place = because.source.place(because.key);
  return { line: `${place}: ${key}: found nothing, needed ${needed}; accepted: ${accepted}`, typed: false };
}

/** Throws all faults as one Problem; one of usage when only options are to blame. */
export function refuse(faults: readonly Fault[]): void {
  if (faults.length === 0) return;
  const lines = [...new Set(faults.map(({ line }) => line))];
  const kind = faults.every(({ typed }) => typed) ? 'usage' : 'configuration';
  throw new Problem(
    kind,
    lines.join('\n'),
    kind === 'usage' ? null : 'Correct the configuration; nothing was started.',
  );
}
