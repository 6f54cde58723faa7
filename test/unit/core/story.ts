import { resolve } from '../../../src/config/resolve.ts';
import { apply, replay } from '../../../src/core/apply.ts';
import type { EventBody, EventOf, Outcome, RunEvent } from '../../../src/core/events.ts';
import type { RunState } from '../../../src/core/state.ts';
import type { Pair, Role, RunStatus } from '../../../src/core/vocabulary.ts';

/** What a test of the fold wants otherwise. */
export interface Choices {
  readonly pairs?: readonly Pair[];
  readonly maxIterations?: number;
  readonly format?: number;
  readonly useGit?: boolean;
  readonly fullAutoAnswers?: boolean;
  readonly approvePlan?: boolean;
  readonly autoFollowup?: boolean;
  readonly verifierScope?: 'warn' | 'strict';
  readonly evidence?: 'auto' | 'off';
}

export function started(choices: Choices = {}): EventBody {
  const { pairs = ['plan'], maxIterations = 5, format = 1, useGit = false, evidence = 'off', ...runtime } = choices;
  const { settings: found } = resolve([], { pairs: pairs.join(','), maxIterations });
  const settings = {
    ...found,
    evidence: { ...found.evidence, mode: evidence },
    runtime: { ...found.runtime, useGit, ...runtime },
  };
  const place = { workspace: '/w', task_id: 't', task_root: '.autoloop/tasks/t', parent_run_id: null };
  return {
    event_type: 'run_started',
    ...place,
    pairs,
    max_iterations: maxIterations,
    use_git: useGit,
    settings,
    format,
  };
}

export function resumed(choices: Choices = {}): EventBody {
  return { ...(started(choices) as EventOf<'run_started'>), event_type: 'run_resumed' };
}

export const ended = (status: RunStatus): EventBody => ({
  event_type: 'run_finished',
  status,
  exit_code: 0,
  followup_run_id: null,
  parent_run_id: null,
  followup_depth: 0,
});

export const cycle = (n: number, attempt = 1, pair: Pair = 'plan'): EventBody[] => [
  { event_type: 'cycle_started', pair, cycle: n, attempt },
];

/** A turn that comes to `outcome`. */
export function turn(role: Role, outcome: Outcome, at = { cycle: 1, attempt: 1, pair: 'plan' as Pair }): EventBody[] {
  const where = { pair: at.pair, phase: role, cycle: at.cycle, attempt: at.attempt };
  const agent = { provider: 'codex', model: null, session_id: null } as const;
  const seen = { turn: 1, baseline: null, head: null, artifacts: '' };
  return [
    { event_type: 'turn_started', ...where, ...agent, ...seen },
    { event_type: 'phase_finished', ...where, empty_output: outcome.kind === 'empty', outcome },
  ];
}

export const PRODUCED: Outcome = { kind: 'produced', changed: false };
export const verdict = (word: 'complete' | 'incomplete' | 'blocked', changed = false): Outcome => ({
  kind: 'verdict',
  changed,
  verdict: word,
  reason: 'promised',
});

export function logged(bodies: readonly EventBody[]): RunEvent[] {
  return bodies.map((body, at) => ({ ts: '2026-11-23T18:49:54.258000+00:00', run_id: 'run-1', seq: at + 1, ...body }));
}

export const fold = (...bodies: readonly EventBody[]): RunState => replay(logged(bodies));

/** The state after each event. */
export function states(bodies: readonly EventBody[]): RunState[] {
  let state = replay([]);
  return logged(bodies).map((event) => (state = apply(state, event)));
}
