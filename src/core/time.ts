/** ms since 1970 of a timestamp in any form that state holds (docs/state.md); without an offset it is UTC. Null: not a timestamp. */
export function parseTimestamp(text: string): number | null {
  const found = TIMESTAMP.exec(text.trim());
  if (found === null) return null;
  const [, date = '', time = '', fraction = '', offset = 'Z'] = found;
  // Built anew, because engines differ in what they accept beyond this form, and read a missing offset as local time.
  const ms = Date.parse(`${date}T${time}.${fraction.slice(0, 3).padEnd(3, '0')}Z`);
  if (Number.isNaN(ms) || new Date(ms).toISOString().slice(0, 10) !== date) return null;
  const shift = offsetMinutes(offset);
  return shift === null ? null : ms - shift * 60_000;
}

/** The form this program writes, that of release 0.1.x: `2026-11-23T18:49:54.258000+00:00`. */
export function formatTimestamp(date: Date): string {
  return date.toISOString().replace('Z', '000+00:00');
}

const TIMESTAMP = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:[.,](\d{1,9}))?\s?(Z|[+-]\d\d(?::?\d\d)?)?$/i;

function offsetMinutes(offset: string): number | null {
  if (offset.toUpperCase() === 'Z') return 0;
  const hours = Number(offset.slice(1, 3));
  const minutes = Number(offset.slice(3).replace(':', ''));
  if (hours > 23 || minutes > 59) return null;
  return (offset.startsWith('-') ? -1 : 1) * (hours * 60 + minutes);
}
