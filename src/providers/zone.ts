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
  /** When clocks there show this. A time that a change of clocks skips is taken for one an hour later or earlier. */
  instant(day: CalendarDay, time: TimeOfDay): Date;
}

export const machineZone: Zone = {
  dateAt: (instant) => ({ year: instant.getFullYear(), month: instant.getMonth(), day: instant.getDate() }),
  instant: ({ year, month, day }, { hour, minute }) => new Date(year, month, day, hour, minute),
};

/** The zone of this name (`Asia/Tokyo`, `UTC`, `+09:00`); null when there is none. */
export function zoneNamed(name: string): Zone | null {
  if (name === '') return null;
  const iana = name === 'Z' ? 'UTC' : name.replace(/^([+-]\d{2}):?(\d{2})$/, '$1:$2');
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
    return zoneOf(format);
  } catch {
    return null; // RangeError: no such zone.
  }
}

function zoneOf(format: Intl.DateTimeFormat): Zone {
  /** What clocks there show, as if it were UTC. */
  const shownAt = (instant: number): number => {
    const parts = Object.fromEntries(format.formatToParts(instant).map(({ type, value }) => [type, Number(value)]));
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
    return Date.UTC(year, month - 1, day, hour, minute, second);
  };
  return {
    dateAt(instant) {
      const shown = new Date(shownAt(instant.getTime()));
      return { year: shown.getUTCFullYear(), month: shown.getUTCMonth(), day: shown.getUTCDate() };
    },
    instant({ year, month, day }, { hour, minute }) {
      const wanted = Date.UTC(year, month, day, hour, minute);
      // The difference to UTC at a time near the wanted one; once more, for where it changes in between.
      const near = wanted - (shownAt(wanted) - wanted);
      return new Date(wanted - (shownAt(near) - near));
    },
  };
}
