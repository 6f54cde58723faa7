import { describe, expect, it } from 'vitest';
import type { EventBody, EventOf, Outcome } from '../../../src/core/events.ts';
import { afterTurn, MAX_AUTO_ANSWERS, MAX_STILL_CYCLES } from '../../../src/core/pair.ts';
import type { ActivePair } from '../../../src/core/state.ts';
import type { Step } from '../../../src/core/steps.ts';
import type { Role } from '../../../src/core/vocabulary.ts';
import { type Choices, cycle, fold, PRODUCED, started, verdict } from './story.ts';

const OPEN: EventBody = { event_type: 'pair_started', pair: 'plan', boxes: ['A'] };
const QUESTION: Outcome = { kind: 'question', changed: true, question: 'Q?' };
const EMPTY: Outcome = { kind: 'empty', changed: false };
const UNREADABLE: Outcome = { kind: 'unreadable', changed: false, error: 'torn' };

/** A step in one line. */
function short(step: Step): string {
  switch (step.do) {
    case 'record':
      return step.event.event_type === 'cycle_started'
        ? `cycle ${step.event.cycle}.${step.event.attempt}`
        : step.event.event_type;
    case 'checkpoint':
      return `commit ${step.checkpoint.kind}`;
    case 'take_turn':
      return `${step.role} ${step.cycle}.${step.attempt}${step.isRetry ? ' again' : ''}`;
    case 'finish':
      return `end ${step.status}`;
    default:
      return step.do;
  }
}

/** What is planned after a turn in cycle `at` of the plan pair, whose facts are otherwise as `differs` says. */
function planned(
  [role, outcome]: readonly [Role, Outcome],
  { at = 1, differs = {}, ...choices }: Choices & { at?: number; differs?: Partial<ActivePair> } = {},
): string[] {
  const state = fold(started({ useGit: true, ...choices }), OPEN, ...cycle(at));
  const event: EventOf<'phase_finished'> = {
    event_type: 'phase_finished',
    pair: 'plan',
    phase: role,
    cycle: at,
    attempt: 1,
    empty_output: outcome.kind === 'empty',
    outcome,
  };
  return afterTurn(state, { ...state.active!, ...differs }, event).map(short);
}

const incomplete = (reason: 'missing_promise' | 'open_criteria' | 'edits_outside_scope'): Outcome => ({
  kind: 'verdict',
  changed: true,
  verdict: 'incomplete',
  reason,
});
const asked = Array.from({ length: MAX_AUTO_ANSWERS }, (_, nth) => `Q${nth}`);
const nearlyStill = { still: { verdict: 'incomplete', cycles: MAX_STILL_CYCLES - 1 } };

/** The turn, what is otherwise than in a first cycle of five with git, and what is left to do after it. */
const TABLE: readonly (readonly [
  string,
  readonly [Role, Outcome],
  Parameters<typeof planned>[1],
  readonly string[],
])[] = [
  ['work', ['producer', PRODUCED], {}, ['commit producer_edits', 'verifier 1.1']],
  ['work without git', ['producer', PRODUCED], { useGit: false }, ['verifier 1.1']],
  [
    'a question',
    ['producer', QUESTION],
    {},
    ['question', 'commit producer_edits', 'answer', 'commit answered_question', 'cycle 1.2'],
  ],
  [
    'a question of the verifier',
    ['verifier', QUESTION],
    {},
    ['question', 'commit verifier_feedback', 'answer', 'commit answered_question', 'cycle 1.2'],
  ],
  [
    'a question that was answered by itself before',
    ['producer', QUESTION],
    { fullAutoAnswers: true, differs: { asked: ['Q?'] } },
    ['question', 'commit producer_edits', 'blocked', 'commit blocked', 'end blocked'],
  ],
  [
    'one question too many',
    ['producer', QUESTION],
    { fullAutoAnswers: true, differs: { asked } },
    ['question', 'commit producer_edits', 'blocked', 'commit blocked', 'end blocked'],
  ],
  [
    'as many questions where a person answers',
    ['producer', QUESTION],
    { differs: { asked: [...asked, 'Q?'] } },
    ['question', 'commit producer_edits', 'answer', 'commit answered_question', 'cycle 1.2'],
  ],
  ['nothing', ['producer', EMPTY], {}, ['phase_output_empty', 'producer 1.1 again']],
  ['nothing twice', ['producer', EMPTY], { differs: { blanks: 1 } }, ['phase_output_empty', 'end paused']],
  ['a torn block', ['verifier', UNREADABLE], {}, ['verifier 1.1 again']],
  [
    'a torn block twice',
    ['verifier', UNREADABLE],
    { differs: { unreadable: 1 } },
    ['commit verifier_feedback', 'end fatal_error'],
  ],
  [
    'a torn block after nothing',
    ['producer', UNREADABLE],
    { differs: { blanks: 1 } },
    ['commit producer_edits', 'end fatal_error'],
  ],
  ['COMPLETE', ['verifier', verdict('complete')], {}, ['pair_completed', 'commit pair_complete']],
  ['BLOCKED', ['verifier', verdict('blocked')], {}, ['blocked', 'commit blocked', 'end blocked']],
  ['INCOMPLETE', ['verifier', verdict('incomplete', true)], {}, ['commit verifier_feedback', 'cycle 2.1']],
  [
    'no promise',
    ['verifier', incomplete('missing_promise')],
    {},
    ['missing_promise_default', 'commit verifier_feedback', 'cycle 2.1'],
  ],
  ['an open box', ['verifier', incomplete('open_criteria')], {}, ['commit verifier_feedback', 'cycle 2.1']],
  [
    'edits of the verifier',
    ['verifier', incomplete('edits_outside_scope')],
    { verifierScope: 'strict' },
    ['commit verifier_edits', 'commit verifier_feedback', 'cycle 2.1'],
  ],
  [
    'INCOMPLETE in the last cycle',
    ['verifier', verdict('incomplete', true)],
    { at: 5 },
    ['commit verifier_feedback', 'pair_failed', 'commit failed_max_iterations', 'end failed'],
  ],
  [
    'INCOMPLETE without a change, once too often',
    ['verifier', verdict('incomplete')],
    { differs: nearlyStill },
    ['commit verifier_feedback', 'pair_failed', 'commit failed_no_progress', 'end failed'],
  ],
  [
    'INCOMPLETE as often, after a change of the verifier',
    ['verifier', verdict('incomplete', true)],
    { differs: nearlyStill },
    ['commit verifier_feedback', 'cycle 2.1'],
  ],
  [
    'INCOMPLETE as often, after a change of the producer',
    ['verifier', verdict('incomplete')],
    { differs: { ...nearlyStill, changed: true } },
    ['commit verifier_feedback', 'cycle 2.1'],
  ],
  [
    'INCOMPLETE as often, after another verdict',
    ['verifier', verdict('incomplete')],
    { differs: { still: { verdict: 'blocked', cycles: MAX_STILL_CYCLES } } },
    ['commit verifier_feedback', 'cycle 2.1'],
  ],
];

describe('what follows a turn', () => {
  it.each(TABLE)('that came to %s', (_, turn, differs, steps) => {
    expect(planned(turn, differs)).toEqual(steps);
  });

  it('is not known where a log of release 0.1.x does not say what the turn came to', () => {
    const state = fold(started(), OPEN, ...cycle(1));
    const at = { pair: 'plan', phase: 'producer', cycle: 1, attempt: 1 } as const;
    expect(afterTurn(state, state.active!, { event_type: 'phase_finished', ...at, empty_output: false })).toEqual([]);
  });
});
