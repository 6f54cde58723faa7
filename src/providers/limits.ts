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

const CLOCK = String.raw`(?<hour>\d{1,2})(?::(?<minute>\d{2}))?(?::\d{2})?(?:\s*(?<half>[ap])\.?m\b\.?)?`;
const DAY = String.raw`(?<day>\d{1,2})(?:st|nd|rd|th)?`;
const MONTH = String.raw`(?<month>[a-z]{3})[a-z]*\.?`;
const YEAR_AND_CLOCK = String.raw`(?:,?\s+(?<year>\d{4}))?(?:,?\s+(?:at\s+)?${CLOCK})?`;
const PLACED = {
  announcement:
    /\b(?:try again|resets?(?:_?at|[_ ]time)?|available again|regain access)\b["'\s:=·∙•–—-]*(?:(?:at|on)\s+)?/gi,
  iso: /^(\d{4}-\d{2}-\d{2})(?:T| at | )(\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)\s*(Z|UTC(?![+-])|[+-]\d{2}:?\d{2})?/,
  dates: [`${MONTH}\\s+${DAY}`, `${DAY}\\s+${MONTH}`].map((date) => new RegExp(`^${date}${YEAR_AND_CLOCK}`, 'i')),
  nearDay: /^(today|tomorrow|(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6})\b[.,]?\s*(?:(?:at|on)\s+)?/i,
  clock: new RegExp(`^${CLOCK}`, 'i'),
  duration: /^in\s+((?:\d+(?:\.\d+)?\s*[a-z]+[\s,]*(?:and\s+)?)+)/i,
};

/** The programs name whole minutes: a time that has just gone by is the end of the limit, not tomorrow's. */
const JUST_OVER_MS = 5 * 60_000;

/** When a limit ends, or null where the text states no time. A time of day that is over by more than minutes is tomorrow's. */
export function resetTime(text: string, now: Date): Date | null {
  const epoch = /(?:limit reached\||\bresets?[_ ]?at["':=\s]+)(\d{10})(?:\d{3})?\b/i.exec(text)?.[1];
  if (epoch !== undefined) return new Date(Number(epoch) * 1000);
  const seconds = /\bresets?_?in_?seconds["':=\s]+(\d{1,9})\b/i.exec(text)?.[1];
  if (seconds !== undefined) return new Date(now.getTime() + Number(seconds) * 1000);
  for (const announcement of text.matchAll(PLACED.announcement)) {
    const found = placedTime(text.slice(announcement.index + announcement[0].length), now);
    if (found !== null) return found;
  }
  return null;
}

function placedTime(text: string, now: Date): Date | null {
  const near = PLACED.nearDay.exec(text);
  if (near === null) return isoTime(text) ?? dateAndTime(text, now) ?? timeOfDay(text, now) ?? afterDuration(text, now);
  const rest = text.slice(near[0].length);
  return isoTime(rest) ?? dateAndTime(rest, now) ?? onNearDay(near[1] ?? '', rest, now);
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
  const offset = match[3];
  const zone = offset === undefined ? zoneNamedAfter(text, match[0]) : null;
  const stated = offset?.replace('UTC', 'Z') ?? (zone === null ? '' : 'Z');
  const there = valid(new Date(`${match[1] ?? ''}T${match[2] ?? ''}${stated}`));
  if (zone === null || there === null) return there;
  const date = { year: there.getUTCFullYear(), month: there.getUTCMonth(), day: there.getUTCDate() };
  const [minute] = zone.instants(date, { hour: there.getUTCHours(), minute: there.getUTCMinutes() });
  return new Date(minute.getTime() + (there.getTime() % 60_000));
}

const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

/** `tomorrow`, `Monday`: the next of the name, today's while its time is not over. */
function onNearDay(word: string, text: string, now: Date): Date | null {
  const match = PLACED.clock.exec(text);
  const parts: Readonly<Record<string, string | undefined>> = match?.groups ?? {};
  const isStated = parts['minute'] !== undefined || parts['half'] !== undefined;
  const time = isStated ? clock(parts) : { hour: 0, minute: 0 };
  if (time === null) return null;
  const zone = zoneAfter(text, isStated ? (match?.[0] ?? '') : '');
  const { year, month, day } = zone.dateAt(now);
  const after = (days: number) => dueAt(zone.instants({ year, month, day: day + days }, time), now);
  const name = word.toLowerCase();
  if (name === 'today') return after(0);
  if (name === 'tomorrow') return after(1);
  const days = (WEEKDAYS.indexOf(name.slice(0, 3)) - new Date(Date.UTC(year, month, day)).getUTCDay() + 7) % 7;
  return isOver(after(days), now) ? after(days + 7) : after(days);
}

function dateAndTime(text: string, now: Date): Date | null {
  const match = PLACED.dates.map((date) => date.exec(text)).find((found) => found !== null) ?? null;
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
  const found = dueAt(zone.instants({ year, month, day }, time), now);
  const longOver = now.getTime() - found.getTime() > 86_400_000;
  return stated === undefined && longOver ? zone.instants({ year: year + 1, month, day }, time)[0] : found;
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
  const after = (days: number) => dueAt(zone.instants({ year, month, day: day + days }, time), now);
  return isOver(after(0), now) ? after(1) : after(0);
}

/** Of the times at which clocks show the same: the first that is not over, else the last. */
function dueAt(instants: readonly [Date, ...Date[]], now: Date): Date {
  return instants.find((at) => !isOver(at, now)) ?? instants.at(-1) ?? instants[0];
}

function isOver(at: Date, now: Date): boolean {
  return now.getTime() - at.getTime() > JUST_OVER_MS;
}

/** The zone that is named right behind a time: `3pm (Asia/Tokyo)`, `9pm UTC+9`, `3pm PST`, `15:00 +09:00`; else this machine's. */
function zoneAfter(text: string, time: string): Zone {
  return zoneNamedAfter(text, time) ?? machineZone;
}

const OFFSET = String.raw`[+-]\d{1,2}(?::?\d{2})?`;
const ZONE = new RegExp(
  String.raw`^[\s,]*(?:in\s+)?(?:[([]\s*([^()[\]]{1,64}?)\s*[)\]]|((?:UTC|GMT)${OFFSET}|[+-]\d{2}:?\d{2}|[A-Z][A-Za-z_]+(?:\/[A-Za-z_+-]+){1,2}|[A-Z]{1,4})(?![\w:]))`,
);

function zoneNamedAfter(text: string, time: string): Zone | null {
  const name = ZONE.exec(text.slice(time.length));
  return zoneNamed(name?.[1] ?? name?.[2] ?? '');
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
