import type { CommandSettings } from '../core/settings.ts';

export type Output = CommandSettings['output'];

/** The outputs of a command that a key of it is for; null: it is for this one, too. */
export function readIn(output: Output, key: string): string | null {
  if (key === 'final') return output === 'jsonl' ? null : 'jsonl';
  const isPath = key === 'activity' || key === 'error' || key.startsWith('usage.');
  return isPath && output === 'text' ? 'json or jsonl' : null;
}
