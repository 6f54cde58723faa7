import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { RunEvent } from '../../../src/core/events.ts';
import { entryText } from '../../../src/inspect/log-output.ts';
import { markedText, sentenceOf, storyteller } from '../../../src/inspect/sentences.ts';

const eventOf = (body: object) => ({ ts: '2026-11-24T08:00:00.5Z', run_id: 'run', seq: 1, ...body }) as RunEvent;
const lineOf = (body: object) => {
  const sentence = sentenceOf(eventOf(body));
  return sentence === null ? null : markedText(sentence);
};
const IN_TURN = { pair: 'plan', phase: 'verifier', cycle: 2, attempt: 1 };

describe('an event in a sentence', () => {
  it('says what was decided, how long it took and what it cost', () => {
    const usage = { inputTokens: 1000, cachedInputTokens: null, outputTokens: 5, reasoningTokens: null, costUsd: 0.5 };
    const outcome = { kind: 'verdict', verdict: 'incomplete', reason: 'open_criteria', changed: true };
    expect(
      lineOf({ event_type: 'phase_finished', ...IN_TURN, empty_output: false, outcome, duration_ms: 61_000, usage }),
    ).toBe('plan verifier (cycle 2) finished in 1 min 1 s: incomplete (open criteria); 1,000 in, 5 out, $0.5000');
  });

  it('says what a log of release 0.1.x tells, and no more', () => {
    expect(lineOf({ event_type: 'phase_finished', ...IN_TURN, empty_output: false })).toBe(
      'plan verifier (cycle 2) finished',
    );
  });

  it('says that checks hold where there are any', () => {
    const judged = { event_type: 'checks_judged', at: 'end', verdict: 'passed', findings: [], more: 0 };
    expect(lineOf({ ...judged, checks: 1 })).toContain('Checks hold');
    expect(lineOf(judged)).toContain('Checks hold');
    expect(lineOf({ ...judged, checks: 0 })).toBeNull();
  });

  it('says why gaps led to no further run in the words of the end', () => {
    const reason = 'auto_followup_disabled';
    expect(lineOf({ event_type: 'auto_followup_skipped', reason })).toBe('no follow-up: follow-up runs are off');
    expect(lineOf({ event_type: 'run_finished', status: 'needs_followup', exit_code: 3, reason })).toBe(
      'run finished: needs_followup (exit code 3): the audit found gaps, and follow-up runs are off',
    );
  });

  it('is none for a checkpoint without a commit and for a session', () => {
    expect(lineOf({ event_type: 'checkpoint', subject: 'x', commit: null })).toBeNull();
    expect(lineOf({ event_type: 'session_identified', pair: 'plan', session: 'plan', provider: 'codex' })).toBeNull();
  });

  it('is the name of an event that this release does not know', () => {
    expect(lineOf({ event_type: 'moon_landed' })).toBe('moon landed');
  });

  it('has the lines that scripts look for, with the cycles that the run has', () => {
    const tell = storyteller();
    const text = (body: object) => tell(eventOf(body))?.text;
    text({ event_type: 'run_started', pairs: ['plan'], max_iterations: 7 });
    expect(text({ event_type: 'pair_started', pair: 'plan' })).toBe('===== Pair: Plan ↔ Plan Verifier =====');
    expect(text({ event_type: 'pair_started', pair: 'implement', phase_id: 'p1' })).toBe(
      '===== Pair: Implement ↔ Code Reviewer ===== phase p1',
    );
    expect(text({ event_type: 'cycle_started', pair: 'plan', cycle: 2, attempt: 1 })).toBe('--- plan cycle 2/7 ---');
  });

  it('says that something is out of the ordinary', () => {
    expect(lineOf({ event_type: 'noticed', kind: 'edits_vanished', detail: 'gone', paths: ['a', 'b'] })).toBe(
      '[!] gone: a, b',
    );
    expect(lineOf({ event_type: 'blocked', ...IN_TURN, reason: 'no key' })).toBe('[BLOCKED] plan (cycle 2): no key');
  });

  it('keeps what agents say from acting upon the terminal', () => {
    const evil = 'a\u001b]0;title\u0007b\u001b[2Jc\rd\u202e';
    for (const body of [
      { event_type: 'question', ...IN_TURN, text: evil },
      { event_type: 'auto_answer_finished', ...IN_TURN, answer: evil },
      { event_type: 'run_finished', status: 'paused', exit_code: 4, reason: evil },
      { event_type: 'phase_started', phase_id: evil, phase_mode: 'single' },
      { event_type: 'audit_gaps_found', pair: 'audit', summary: evil },
      { event_type: 'noticed', kind: evil, detail: evil, paths: [evil] },
      { event_type: evil },
    ]) {
      expect(lineOf(body)).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/);
    }
  });
});

describe('an entry of the log', () => {
  const event = { ts: '2026-11-24T09:00:00.5+01:00', run_id: 'run', seq: 1, event_type: 'run_resumed' } as RunEvent;

  it('has its time in UTC, to the second', () => {
    expect(entryText({ kind: 'event', event }, '/w/', sentenceOf)).toBe('2026-11-24T08:00:00Z  run resumed');
  });

  it('tells until when a usage limit lasts in the zone of whoever reads it', () => {
    vi.stubEnv('TZ', 'Asia/Tokyo');
    onTestFinished(() => void vi.unstubAllEnvs());
    const wait = { event_type: 'limit_wait', until: '2026-11-24T20:30:00.000Z', message: 'out of usage' } as const;
    expect(sentenceOf({ ...event, ...wait })?.text).toBe(
      'waiting for a usage limit until 2026-11-25T05:30:00+09:00: out of usage',
    );
  });

  it.each([
    ['/w/src/a.ts', 'src/a.ts'],
    ['/w/.autoloop/tasks/t/runs/run-1/artifacts/plan/plan.md', '…/artifacts/plan/plan.md'],
  ])('names the file %s as the workspace or the run does', (text, shown) => {
    const activity = { kind: 'file', text } as const;
    expect(entryText({ kind: 'activity', turn: 1, activity }, '/w', sentenceOf)).toBe(`  > changes ${shown}`);
  });
});
