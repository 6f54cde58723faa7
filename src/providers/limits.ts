/**
 * When a provider will serve again, from its own words. Times of day are in this machine's time zone, as the programs
 * print them. Everything is pure: `now` is given.
 */

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const UNIT_MS: Readonly<Record<string, number>> = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1000, ms: 1 };

const CLOCK = String.raw`(?<hour>\d{1,2})(?::(?<minute>\d{2}))?(?::\d{2})?(?:\s*(?<half>[ap])\.?m\b)?`;
const PLACED = {
  announcement: /\b(?:try again|resets?|available again|regain access)\b[\s:·]*(?:at|on)?\s*/gi,
  iso: /^(\d{4}-\d{2}-\d{2})(?:T| at | )(\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)\s*(Z|UTC|[+-]\d{2}:?\d{2})?/,
  date: new RegExp(
    String.raw`^(?<month>[a-z]{3})[a-z]*\.?\s+(?<day>\d{1,2})(?:st|nd|rd|th)?(?:,?\s+(?<year>\d{4}))?(?:,?\s+(?:at\s+)?${CLOCK})?`,
    'i',
  ),
  clock: new RegExp(`^${CLOCK}`, 'i'),
  duration: /^in\s+((?:\d+(?:\.\d+)?\s*[a-z]+[\s,]*(?:and\s+)?)+)/i,
};

/** When a limit ends, or null where the text states no time. A time of day that is over by more than minutes is tomorrow's. */
export function resetTime(text: string, now: Date): Date | null {
  const epoch = /limit reached\|(\d{10})\b/i.exec(text)?.[1];
  if (epoch !== undefined) return new Date(Number(epoch) * 1000);
  for (const announcement of text.matchAll(PLACED.announcement)) {
    const rest = text.slice(announcement.index + announcement[0].length);
    const found = isoTime(rest) ?? dateAndTime(rest, now) ?? timeOfDay(rest, now) ?? afterDuration(rest, now);
    if (found !== null) return found;
  }
  return null;
}

/** The wait that a text asks for (`retry-after: 2`, `try again in 11.5s`), in milliseconds; null where it asks for none. */
export function statedWait(text: string, now: Date): number | null {
  const header = /retry[-_ ]after(?:["':=\s]|seconds)*(\d[\d.]*|[A-Z][a-z]{2}, [^"'\n]*GMT)/i.exec(text)?.[1];
  const waited = header === undefined ? null : retryAfter(header, now);
  if (waited !== null) return waited;
  const until = /try again\s+(in\s.*)/i.exec(text)?.[1];
  return until === undefined ? null : durationMs(until);
}

/** A `retry-after` value, seconds or an HTTP date (RFC 9110, 10.2.3), in milliseconds from now; null when it is neither. */
export function retryAfter(value: string, now: Date): number | null {
  const text = value.trim();
  if (/^\d+(\.\d+)?$/.test(text)) return Math.round(Number(text) * 1000);
  if (!/^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/.test(text)) return null;
  const at = Date.parse(text);
  return Number.isNaN(at) ? null : Math.max(0, at - now.getTime());
}

function isoTime(text: string): Date | null {
  const match = PLACED.iso.exec(text);
  if (match === null) return null;
  return valid(new Date(`${match[1] ?? ''}T${match[2] ?? ''}${match[3]?.replace('UTC', 'Z') ?? ''}`));
}

function dateAndTime(text: string, now: Date): Date | null {
  const parts = PLACED.date.exec(text)?.groups;
  const month = MONTHS.indexOf(parts?.['month']?.toLowerCase() ?? '');
  if (parts === undefined || month < 0) return null;
  const time = parts['hour'] === undefined ? { hour: 0, minute: 0 } : clock(parts);
  if (time === null) return null;
  const day = Number(parts['day']);
  const inYear = (year: number): Date => new Date(year, month, day, time.hour, time.minute);
  const stated = parts['year'];
  const found = inYear(stated === undefined ? now.getFullYear() : Number(stated));
  if (found.getMonth() !== month) return null;
  const longOver = now.getTime() - found.getTime() > 86_400_000;
  return stated === undefined && longOver ? inYear(now.getFullYear() + 1) : found;
}

function timeOfDay(text: string, now: Date): Date | null {
  const parts = PLACED.clock.exec(text)?.groups;
  if (parts === undefined || (parts['minute'] === undefined && parts['half'] === undefined)) return null;
  const time = clock(parts);
  if (time === null) return null;
  const onDay = (days: number): Date =>
    new Date(now.getFullYear(), now.getMonth(), now.getDate() + days, time.hour, time.minute);
  const today = onDay(0);
  // The programs name whole minutes: a time that has just gone by is the end of the limit, not tomorrow's.
  return now.getTime() - today.getTime() > 5 * 60_000 ? onDay(1) : today;
}

function afterDuration(text: string, now: Date): Date | null {
  const wait = durationMs(text);
  return wait === null ? null : valid(new Date(now.getTime() + wait));
}

function durationMs(text: string): number | null {
  const list = PLACED.duration.exec(text)?.[1];
  if (list === undefined) return null;
  let sum = 0;
  for (const [, amount, unit] of list.matchAll(/(\d+(?:\.\d+)?)\s*([a-z]+)/gi)) {
    const name = unit?.toLowerCase() ?? '';
    const ms = UNIT_MS[/^(ms|milli)/.test(name) ? 'ms' : name.slice(0, 1)];
    if (ms === undefined || name.startsWith('mo')) return null;
    sum += Number(amount) * ms;
  }
  return Math.round(sum);
}

function clock(parts: Readonly<Record<string, string | undefined>>): { hour: number; minute: number } | null {
  const hour = Number(parts['hour']);
  const minute = Number(parts['minute'] ?? 0);
  const half = parts['half']?.toLowerCase();
  if (minute > 59 || hour > 23 || (half !== undefined && (hour < 1 || hour > 12))) return null;
  if (half === undefined) return { hour, minute };
  return { hour: (hour % 12) + (half === 'p' ? 12 : 0), minute };
}

function valid(date: Date): Date | null {
  return Number.isNaN(date.getTime()) ? null : date;
}
