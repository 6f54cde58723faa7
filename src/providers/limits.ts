import { machineZone, zoneNamed, type Zone } from './zone.ts';
import { ownValue } from '../core/own-value.ts';

/**
 * When a provider will serve again, from its own words. A time of day is in the zone that stands beside it, else in this
 * machine's. Everything is pure: `now` is given.
 */

/** How programs word that an account's share is used up, in this and in older releases. Never searched for in an agent's prose. */
export function saysLimit(words: string): boolean {
  return LIMIT_WORDS.some((pattern) => pattern.test(words));
}

const LIMIT_WORDS = [
  /\b(?:hit|reached|exceeded) (?:your|the)\b(?!.{0,40}\brate limit).{0,40}\blimits?\b/i,
  /\b(?:usage|weekly|session|daily|monthly|hour|opus|sonnet|haiku)\b(?: usage)? limit (?:reached|exceeded)\b/i,
  /\bout of (?:extra )?usage\b/i,
  /\bcredit balance is too low\b/i,
  /\bquota exceeded\b/i,
];

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
  const epoch = /(?:limit reached\||\bresets?_?at["':=\s]+)(\d{10})(?:\d{3})?\b/i.exec(text)?.[1];
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
  const match = PLACED.date.exec(text);
  const parts = match?.groups;
  const month = MONTHS.indexOf(parts?.['month']?.toLowerCase() ?? '');
  if (match === null || parts === undefined || month < 0) return null;
  const time = parts['hour'] === undefined ? { hour: 0, minute: 0 } : clock(parts);
  if (time === null) return null;
  const zone = zoneAfter(text, match[0]);
  const day = Number(parts['day']);
  const thisYear = zone.dateAt(now).year;
  const stated = parts['year'];
  const year = stated === undefined ? thisYear : Number(stated);
  if (new Date(Date.UTC(year, month, day)).getUTCMonth() !== month) return null;
  const found = zone.instant({ year, month, day }, time);
  const longOver = now.getTime() - found.getTime() > 86_400_000;
  return stated === undefined && longOver ? zone.instant({ year: year + 1, month, day }, time) : found;
}

function timeOfDay(text: string, now: Date): Date | null {
  const match = PLACED.clock.exec(text);
  const parts = match?.groups;
  if (match === null || parts === undefined) return null;
  if (parts['minute'] === undefined && parts['half'] === undefined) return null;
  const time = clock(parts);
  if (time === null) return null;
  const zone = zoneAfter(text, match[0]);
  const { year, month, day } = zone.dateAt(now);
  const today = zone.instant({ year, month, day }, time);
  // The programs name whole minutes: a time that has just gone by is the end of the limit, not tomorrow's.
  return now.getTime() - today.getTime() > 5 * 60_000 ? zone.instant({ year, month, day: day + 1 }, time) : today;
}

/** The zone that is named right behind a time: `3pm (Asia/Tokyo)`, `9pm UTC`, `15:00 +09:00`. */
function zoneAfter(text: string, time: string): Zone {
  const name = /^\s*(?:\(([^()]{1,64})\)|(UTC|GMT|Z|[+-]\d{2}:?\d{2})(?![\w:]))/.exec(text.slice(time.length));
  return zoneNamed((name?.[1] ?? name?.[2] ?? '').trim()) ?? machineZone;
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
    const ms = ownValue(UNIT_MS, /^(ms|milli)/.test(name) ? 'ms' : name.slice(0, 1));
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
