import { describe, expect, it } from 'vitest';
import type { EventBody } from '../../../src/core/events.ts';
import { next } from '../../../src/core/next.ts';
import { UNKNOWN_USAGE } from '../../../src/core/vocabulary.ts';
import { cycle, ended, fold, PRODUCED, resumed, started, turn, verdict } from './story.ts';

const OPEN: EventBody = { event_type: 'pair_started', pair: 'plan', boxes: ['A'] };
const STILL = [...cycle(1), ...turn('producer', PRODUCED), ...turn('verifier', verdict('incomplete'))];
const ANSWER: EventBody = {
  event_type: 'clarified',
  clarification: {
    question: 'Q?',
    answer: 'A',
    source: 'auto',
    pair: 'plan',
    phase_id: null,
    phase: 'producer',
    cycle: 1,
    attempt: 1,
    turn_seq: 1,
    qa_seq: 1,
  },
};
const ASKED = [...cycle(1), ...turn('producer', { kind: 'question', changed: false, question: 'Q?' }), ANSWER];

describe('what a resume begins anew', () => {
  it.each([
    ['failed', 0],
    ['paused', 1],
    ['interrupted', 1],
    ['blocked', 1],
  ] as const)('after %s: %i cycles without progress are counted', (status, cycles) => {
    expect(fold(started(), OPEN, ...STILL, ended(status), resumed()).active?.still.cycles).toBe(cycles);
  });

  it.each([
    ['blocked', []],
    ['failed', ['Q?']],
    ['paused', ['Q?']],
  ] as const)('after %s: the questions that were answered automatically are %j', (status, asked) => {
    expect(fold(started(), OPEN, ...ASKED, ended(status), resumed()).active?.asked).toEqual(asked);
  });

  it('after a kill: nothing', () => {
    expect(fold(started(), OPEN, ...STILL, resumed()).active?.still.cycles).toBe(1);
    expect(fold(started(), OPEN, ...ASKED, resumed()).active?.asked).toEqual(['Q?']);
  });

  it.each([
    ['paused', 0],
    [null, 1],
  ] as const)('after %s: of blank tries %i are left standing', (status, blanks) => {
    const blank = turn('producer', { kind: 'empty', changed: false });
    const end = status === null ? [] : [ended(status)];
    expect(fold(started(), OPEN, ...cycle(1), ...blank, ...end, resumed()).active?.blanks).toBe(blanks);
  });
});

describe('what a cycle begins anew, and another attempt at it keeps', () => {
  const blank = turn('producer', { kind: 'empty', changed: false });
  const unreadable = turn('producer', { kind: 'unreadable', changed: true, error: 'no control' });
  const before = [started({ fullAutoAnswers: true }), OPEN, ...ASKED, ...blank, ...unreadable];

  it.each([
    ['another attempt', cycle(1, 2), { asked: ['Q?'], blanks: 1, unreadable: 1, changed: true }],
    ['a new cycle', cycle(2), { asked: [], blanks: 0, unreadable: 0, changed: false }],
  ])('%s', (_, begun, counts) => {
    expect(fold(...before, ...begun).active).toMatchObject(counts);
  });
});

describe('what a resume keeps', () => {
  const spent = { turns: 7, duration_ms: 9, usage: UNKNOWN_USAGE };

  it('what the runs before in the chain have spent, unless it is told anew', () => {
    const first = { ...started(), spent_before: spent } as EventBody;
    expect(fold(first, ended('paused'), resumed()).run.spentBefore).toEqual(spent);
    const again = { ...resumed(), spent_before: { ...spent, turns: 8 } } as EventBody;
    expect(fold(first, ended('paused'), again).run.spentBefore?.turns).toBe(8);
  });

  it('the end of a usage limit, until a turn has come to its end', () => {
    const wait: EventBody = { event_type: 'limit_wait', until: '2026-11-24T00:00:00Z', message: 'limit' };
    const stopped = [started(), OPEN, ...cycle(1), wait, ended('paused'), resumed()];
    expect(fold(...stopped).limitUntil).toBe('2026-11-24T00:00:00Z');
    expect(fold(...stopped, ...turn('producer', PRODUCED)).limitUntil).toBeNull();
  });
});

describe('the first step after a resume', () => {
  it.each([
    ['interrupted', 'open_pair', 'producer 1.2'],
    ['blocked', 'open_pair', 'verifier 1.2'],
    ['failed', 'open_pair', 'producer 2.1'],
  ] as const)('after %s announces the pair, then begins where work is left', (status, first, then) => {
    const before = [started(), OPEN, ...cycle(1), ...turn('producer', PRODUCED)];
    const stop = status === 'interrupted' ? before.slice(0, -1) : before;
    const judged = { blocked: 'blocked', failed: 'incomplete' } as const;
    const said = status === 'interrupted' ? [] : turn('verifier', verdict(judged[status]));
    const body = [...stop, ...said];
    if (status === 'blocked') body.push({ event_type: 'blocked', pair: 'plan', cycle: 1, attempt: 1 });
    const state = fold(...body, ended(status), resumed());
    expect(next(state).do).toBe(first);
    const step = next(fold(...body, ended(status), resumed(), OPEN));
    const place =
      step.do === 'record' && step.event.event_type === 'cycle_started'
        ? `producer ${step.event.cycle}.${step.event.attempt}`
        : step.do === 'take_turn'
          ? `${step.role} ${step.cycle}.${step.attempt}`
          : step.do;
    expect(place).toBe(then);
  });
});

describe('an audit whose result cannot be read', () => {
  const audited = (format: number, maxIterations = 5) =>
    [
      started({ pairs: ['audit'], format, maxIterations }),
      { event_type: 'pair_started', pair: 'audit' },
      ...cycle(1, 1, 'audit'),
      ...turn('producer', PRODUCED, { cycle: 1, attempt: 1, pair: 'audit' }),
      ...turn('verifier', verdict('complete'), { cycle: 1, attempt: 1, pair: 'audit' }),
      { event_type: 'pair_completed', pair: 'audit', cycle: 1, attempt: 1 },
      { event_type: 'audit_result_invalid', pair: 'audit', error: 'not JSON' },
    ] satisfies EventBody[];

  it('costs another cycle, whose producer is told the error first', () => {
    const state = fold(...audited(1));
    expect([next(state).do, state.notes, state.completed]).toEqual(['open_pair', ['not JSON'], []]);
    const opened = fold(...audited(1), { event_type: 'pair_started', pair: 'audit' });
    expect(next(opened)).toMatchObject({ do: 'record', event: { event_type: 'cycle_started', cycle: 2, attempt: 1 } });
  });

  it('fails the run in the last cycle, and in a log of release 0.2.0', () => {
    for (const log of [audited(1, 1), audited(0)]) {
      expect(next(fold(...log))).toEqual({ do: 'finish', status: 'failed', reason: 'not JSON' });
    }
  });
});

describe('what starts that were killed did not tell', () => {
  const [a, b] = ['refs/autoloop/safety/run-1', 'refs/autoloop/safety/run-1.2'];
  const kept = (detail: string): EventBody => ({ event_type: 'noticed', kind: 'safety_snapshot', detail });

  it('is known until an end is logged', () => {
    const killed = fold(started(), kept(a), kept('refs/heads/main'), OPEN, resumed(), kept(b), ...cycle(1));
    expect(killed.unheard.snapshots).toEqual([a, b]);
    expect(killed.unheard.since).toBe(Date.parse('2026-11-23T18:49:54.258Z'));
    const ends = fold(started(), kept(a), OPEN, resumed(), kept(b), ended('paused'));
    expect(ends.unheard).toEqual({ since: null, snapshots: [] });
    expect(fold(started(), kept(a), OPEN, ended('paused'), resumed(), kept(b)).unheard.snapshots).toEqual([b]);
  });
});
