import { AGENT_NAME } from '../../core/vocabulary.ts';
import type { KeyRow } from '../key-row.ts';
import { integer, map, MINUTES, number } from '../kinds.ts';

/** The bounds of a batch, over all its tasks. Nothing of it is a run's own. */
export const BATCH_KEYS = [
  {
    key: 'batch.per_provider',
    kind: map(
      AGENT_NAME,
      integer({ least: 1, most: 8 }),
      'mapping from an agent, as roles name it, to the number of its tasks, 1 to 8',
    ),
    default: null,
    meaning: 'How many tasks of one agent may be at work at once: `{codex: 2, claude: 1}`.',
    recorded: false,
  },
  {
    key: 'batch.max_cost_usd',
    kind: number({ above: 0 }, '(US dollars)'),
    default: null,
    meaning: 'Cost of all tasks of a batch together at which it begins no more and pauses those at work.',
    recorded: false,
  },
  {
    key: 'batch.max_minutes',
    kind: MINUTES,
    default: null,
    meaning:
      'Time that a batch works, over all its starts, after which it begins no more tasks and pauses those at work.',
    recorded: false,
  },
] as const satisfies readonly KeyRow[];
