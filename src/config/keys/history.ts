import type { KeyRow } from '../key-row.ts';
import { number } from '../kinds.ts';

/** What is kept of what was there before. */
export const HISTORY_KEYS = [
  {
    key: 'history.keep_days',
    kind: number({ least: 0 }, '(days)'),
    default: 30,
    meaning: 'Age from which `autoloop clean --history` removes a snapshot of uncommitted files.',
    recorded: false,
  },
] as const satisfies readonly KeyRow[];
