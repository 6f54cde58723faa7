import { parseTimestamp } from '../core/time.ts';
import type { LogOutput } from './log-output.ts';
import type { LogEntry } from './run-log.ts';

/** Which part of a log is shown; null: no bound. */
export interface LogPart {
  /** So many of the entries that are there already, the last ones. */
  readonly tail: number | null;
  /** What was over before this moment (ms since 1970) is left out. */
  readonly since: number | null;
}

/**
 * Shows a part of a log. What an agent did and said carries no time of its own: it belongs to the next event, which ended it,
 * or, where none has come yet, to now. What comes after the log was read to its end is always shown.
 */
export function onlyPart(output: LogOutput, { tail, since }: LogPart): LogOutput {
  let undated: Told[] = [];
  let last: Told[] = [];
  let isLive = false;
  const show = async (entries: readonly Told[]) => {
    for (const { runId, entry } of entries) await output.entry(runId, entry);
  };
  const take = async (entries: readonly Told[]) => {
    if (tail === null || isLive) return show(entries);
    const shown = entries.filter(({ entry }) => output.shows?.(entry) ?? true);
    last = tail === 0 ? [] : [...last, ...shown].slice(-tail);
  };
  const caughtUp = async () => {
    if (isLive) return;
    await take(undated);
    undated = [];
    isLive = true;
    await show(last);
    last = [];
  };
  return {
    async entry(runId, entry) {
      if (isLive) return output.entry(runId, entry);
      undated.push({ runId, entry });
      if (entry.kind !== 'event') return;
      const ended = undated;
      undated = [];
      if (since === null || (parseTimestamp(entry.event.ts) ?? since) >= since) await take(ended);
    },
    caughtUp,
    async remark(text) {
      await caughtUp();
      await output.remark(text);
    },
  };
}

interface Told {
  readonly runId: string;
  readonly entry: LogEntry;
}

/** `90s`, `10m`, `2h`, `3d` before `now`, or a time in ISO 8601 (a zone that is not named is this machine's); null: it is neither. */
export function momentOf(text: string, now: number): number | null {
  const span = /^(\d{1,6})([smhd])$/.exec(text.trim());
  if (span !== null) return now - Number(span[1]) * UNIT_MS[span[2] as keyof typeof UNIT_MS];
  if (!/^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)?)?$/.test(text.trim())) return null;
  // A date alone would be read as midnight in UTC.
  const at = Date.parse(/^\d{4}-\d\d-\d\d$/.test(text.trim()) ? `${text.trim()}T00:00` : text.trim().replace(' ', 'T'));
  return Number.isNaN(at) ? null : at;
}

const UNIT_MS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
