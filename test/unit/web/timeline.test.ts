import { expect, it } from 'vitest';
import type { EventBody, RunEvent } from '../../../src/core/events.ts';
import { sentenceOf } from '../../../src/inspect/sentences.ts';
import { Timeline } from '../../../src/web/timeline.ts';

const RUN = { run_id: 'run-20260101T000000Z-00000000', ts: '2026-01-01T00:00:00+00:00' };
const timeline = () => new Timeline((event) => sentenceOf(event)?.text ?? null);

/** What a run logs each time that it is started and stops, as one that has no checks does. */
function start(seq: number, status: 'paused' | 'success', verified = false): readonly RunEvent[] {
  const bodies = [
    { event_type: 'checks_resolved', checks: [] },
    { event_type: 'evidence_reported', verified, criteria: [], report_sha256: '' },
    { event_type: 'run_finished', status, exit_code: status === 'paused' ? 4 : 0, reason: null },
  ] as unknown as readonly EventBody[];
  return bodies.map((body, at) => ({ ...RUN, ...body, seq: seq + at }));
}

it('says what a run has proven at its end alone, and which checks there are where that has changed', () => {
  const rows = timeline();
  for (const event of [...start(1, 'paused'), ...start(4, 'paused'), ...start(7, 'success')]) rows.take(event);
  expect(rows.rows.map((row) => row.kind === 'fact' && [row.seq, row.text])).toEqual([
    [1, 'no check is known'],
    [3, 'run finished: paused (exit code 4)'],
    [6, 'run finished: paused (exit code 4)'],
    [8, 'not verified'],
    [9, 'run finished: success (exit code 0)'],
  ]);
});

it('gives what is told late to whoever has seen all before it, and once', () => {
  const rows = timeline();
  const news = start(1, 'success', true).map((event) => rows.take(event).map(({ key }) => key));
  expect(news).toEqual([['e1'], [], ['e2', 'e3']]);
  expect(rows.since(2).map(({ key }) => key)).toEqual(['e2', 'e3']);
  expect(rows.since(3)).toEqual([]);
});
