/** ms since 1970 of a timestamp in any form that state holds (spec: state.md); without an offset it is UTC. Null: not a timestamp. */
export function parseTimestamp(_text: string): number | null {
  throw new Error('not written yet');
}

/** The form this program writes, that of release 0.1.x: `2026-11-23T18:49:54.258000+00:00`. */
export function formatTimestamp(_date: Date): string {
  throw new Error('not written yet');
}
