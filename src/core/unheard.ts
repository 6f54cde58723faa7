import type { EventOf, RunEvent } from './events.ts';
import { parseTimestamp } from './time.ts';

/** What starts did of which nobody was told the end, because they were killed. */
export interface Unheard {
  /** When the first of them began (ms since 1970); null: there is none. */
  readonly since: number | null;
  /** Where they kept what had not been committed. */
  readonly snapshots: readonly string[];
}

export const HEARD: Unheard = { since: null, snapshots: [] };

/** An end that is logged is one that was told. */
export function unheardAfter(before: Unheard, event: RunEvent): Unheard {
  const { since, snapshots } = before;
  switch (event.event_type) {
    case 'run_started':
    case 'run_resumed':
      return { since: since ?? parseTimestamp(event.ts), snapshots };
    case 'noticed':
      return isSnapshot(event) ? { since, snapshots: [...snapshots, event.detail] } : before;
    case 'run_finished':
    case 'run_rewound':
      return HEARD;
    default:
      return before;
  }
}

/** A log may come from elsewhere: nothing but such a reference is taken for one. */
function isSnapshot({ kind, detail }: EventOf<'noticed'>): boolean {
  return kind === 'safety_snapshot' && typeof detail === 'string' && detail.startsWith('refs/autoloop/safety/');
}
