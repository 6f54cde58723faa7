import { screenLine } from './screen.ts';
import { parseTimestamp } from './time.ts';

/**
 * A timestamp of the state for people: to the second, in the zone of this machine, which it names (`+01:00`, or `Z` for UTC). Only what is
 * read by people: nothing is decided by it.
 */
export function timeText(ts: string): string {
  const ms = parseTimestamp(ts);
  return ms === null ? screenLine(ts, 32) : localTime(new Date(ms));
}

/** The same of a moment. */
function localTime(moment: Date): string {
  const ahead = -moment.getTimezoneOffset();
  const shifted = new Date(moment.getTime() + ahead * 60_000).toISOString().slice(0, 19);
  if (ahead === 0) return `${shifted}Z`;
  const [hours, minutes] = [Math.floor(Math.abs(ahead) / 60), Math.abs(ahead) % 60];
  return `${shifted}${ahead < 0 ? '-' : '+'}${two(hours)}:${two(minutes)}`;
}

/** The time of the day where this machine is: `21:03:12`. */
export function clockTime(moment: Date): string {
  return [moment.getHours(), moment.getMinutes(), moment.getSeconds()].map(two).join(':');
}

function two(number: number): string {
  return String(number).padStart(2, '0');
}
