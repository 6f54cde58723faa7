import { ownValue } from '../core/own-value.ts';

/** A day on the calendar; `month` counts from 0, and a `day` beyond the month's end is one of the next. */
export interface CalendarDay {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

export interface TimeOfDay {
  readonly hour: number;
  readonly minute: number;
}

/** Where clocks show the same time. */
export interface Zone {
  /** The day that it is there. */
  dateAt(instant: Date): CalendarDay;
  /**
   * When clocks there show this, first to last: twice in an hour that a change of clocks repeats. A time that one skips is taken for one
   * an hour later or earlier.
   */
  instants(day: CalendarDay, time: TimeOfDay): readonly [Date, ...Date[]];
}

export const machineZone = zoneOf((instant) => {
  const at = new Date(instant);
  return Date.UTC(at.getFullYear(), at.getMonth(), at.getDate(), at.getHours(), at.getMinutes(), at.getSeconds());
});

/** What messages write for a zone and no list of zones has; of those with several meanings, that of North America or India. */
const SHORT: Readonly<Record<string, string>> = {
  ...{ Z: 'UTC', ET: 'America/New_York', CT: 'America/Chicago', MT: 'America/Denver', PT: 'America/Los_Angeles' },
  ...{ EST: '-05:00', EDT: '-04:00', CST: '-06:00', CDT: '-05:00', MST: '-07:00', MDT: '-06:00' },
  ...{ PST: '-08:00', PDT: '-07:00', AKST: '-09:00', AKDT: '-08:00', HST: '-10:00' },
  ...{ WET: '+00:00', WEST: '+01:00', BST: '+01:00', CET: '+01:00', CEST: '+02:00', EET: '+02:00', EEST: '+03:00' },
  ...{ MSK: '+03:00', IST: '+05:30', SGT: '+08:00', HKT: '+08:00', AWST: '+08:00', JST: '+09:00', KST: '+09:00' },
  ...{ ACST: '+09:30', ACDT: '+10:30', AEST: '+10:00', AEDT: '+11:00', NZST: '+12:00', NZDT: '+13:00' },
};

/** The zone of this name (`Asia/Tokyo`, `UTC`, `PST`, `+09:00`, `GMT+9`); null when there is none. */
export function zoneNamed(name: string): Zone | null {
  if (name === '') return null;
  const plain = name.replace(/\s+time$/i, '');
  const offset = /^(?:UTC|GMT)?\s*([+-])(\d{1,2}?)(?::?(\d{2}))?$/i.exec(plain);
  const [, sign = '', hours = '', minutes = '00'] = offset ?? [];
  const iana =
    offset === null ? (ownValue(SHORT, plain.toUpperCase()) ?? plain) : `${sign}${hours.padStart(2, '0')}:${minutes}`;
  try {
    const format = new Intl.DateTimeFormat('en-US', {
      timeZone: iana,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    return zoneOf((instant) => {
      const parts = Object.fromEntries(format.formatToParts(instant).map(({ type, value }) => [type, Number(value)]));
      const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
      return Date.UTC(year, month - 1, day, hour, minute, second);
    });
  } catch {
    return null; // RangeError: no such zone.
  }
}

/** No change of clocks is larger, and no two are nearer to each other. */
const AROUND_MS = 3 * 3_600_000;

/** `shownAt`: what clocks there show at an instant, as if it were UTC; in ms, whole seconds. */
function zoneOf(shownAt: (instant: number) => number): Zone {
  return {
    dateAt(instant) {
      const shown = new Date(shownAt(instant.getTime()));
      return { year: shown.getUTCFullYear(), month: shown.getUTCMonth(), day: shown.getUTCDate() };
    },
    instants({ year, month, day }, { hour, minute }) {
      const wanted = Date.UTC(year, month, day, hour, minute);
      // The difference to UTC at a time near the wanted one; once more, for where it changes in between.
      const near = wanted - (shownAt(wanted) - wanted);
      const usual = wanted - (shownAt(near) - near);
      const found = [usual - AROUND_MS, usual + AROUND_MS].map((at) => wanted - (shownAt(at) - at));
      const all = [...new Set(found)].filter((at) => shownAt(at) === wanted).sort((a, b) => a - b);
      const [first = usual, ...more] = all;
      return [new Date(first), ...more.map((at) => new Date(at))];
    },
  };
}
