import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../../../src/core/events.ts';
import type { LogOutput } from '../../../src/inspect/log-output.ts';
import { type LogPart, momentOf, onlyPart } from '../../../src/inspect/log-selection.ts';
import type { LogEntry } from '../../../src/inspect/run-log.ts';

const at = (ts: string): LogEntry => ({
  kind: 'event',
  event: { event_type: 'approval_requested', ts, run_id: 'r', seq: 1 } as unknown as RunEvent,
});
const text = (said: string): LogEntry => ({
  kind: 'text',
  pair: 'plan',
  phase: 'producer',
  cycle: 1,
  attempt: 1,
  text: said,
});

async function shown(part: Partial<LogPart>, before: readonly LogEntry[], after: readonly LogEntry[] = []) {
  const seen: LogEntry[] = [];
  const inner: LogOutput = {
    entry: (_run, entry) => Promise.resolve(void seen.push(entry)),
    shows: (entry) => !(entry.kind === 'text' && entry.text === ''),
    remark: () => Promise.resolve(),
  };
  const output = onlyPart(inner, { tail: null, since: null, ...part });
  for (const entry of before) await output.entry('r', entry);
  await output.caughtUp?.();
  for (const entry of after) await output.entry('r', entry);
  return seen;
}

const [early, late] = [at('2026-11-28T08:00:00Z'), at('2026-11-28T10:00:00Z')];
const NINE = Date.parse('2026-11-28T09:00:00Z');

describe('a part of a log', () => {
  it('is whole without bounds', async () => {
    const all = [early, text('a'), late, text('b')];
    expect(await shown({}, all)).toEqual(all);
  });

  it('is the last entries that can be seen, and all that comes later', async () => {
    expect(await shown({ tail: 2 }, [early, late, text('a'), text('')], [early, late])).toEqual([
      late,
      text('a'),
      early,
      late,
    ]);
    expect(await shown({ tail: 0 }, [early], [late])).toEqual([late]);
  });

  it('leaves out what was over before a moment, with what agents said until then', async () => {
    expect(await shown({ since: NINE }, [text('old'), early, text('new'), late, text('open')])).toEqual([
      text('new'),
      late,
      text('open'),
    ]);
  });
});

describe('a moment', () => {
  it.each([
    ['90s', NINE - 90_000],
    ['2h', NINE - 7_200_000],
    ['3d', NINE - 259_200_000],
    ['2026-11-28T08:30Z', NINE - 1_800_000],
    ['2026-11-28 10:00+01:00', NINE],
  ])('may be given as %s', (given, moment) => {
    expect(momentOf(given, NINE)).toBe(moment);
  });

  it('of the day alone is its beginning here', () => {
    expect(momentOf('2026-11-28', NINE)).toBe(new Date(2026, 10, 28).getTime());
  });

  it.each(['', 'soon', '2x', '2026-13-77', '-5m', '28.11.2026'])('is not %j', (given) => {
    expect(momentOf(given, NINE)).toBeNull();
  });
});
