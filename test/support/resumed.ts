import { resolve } from '../../src/config/resolve.ts';
import { apply, replay } from '../../src/core/apply.ts';
import type { EventBody, RunEvent } from '../../src/core/events.ts';
import { next } from '../../src/core/next.ts';
import { subjectOf } from '../../src/core/checkpoints.ts';
import { scopeKey } from '../../src/core/scope.ts';
import type { RunState } from '../../src/core/state.ts';
import type { Step } from '../../src/core/steps.ts';

/** Where a log leads, in the words of the fixtures. */
export interface Position {
  readonly at: RunState['at'];
  readonly status: string | null;
  readonly completed: readonly string[];
  readonly phases: Readonly<Record<string, string>>;
  readonly active: string | null;
  readonly followup: { readonly runId: string; readonly launched: boolean } | null;
  /** The first work after `--resume`. */
  readonly resumes: string;
}

export function positionOf(events: readonly RunEvent[]): Position {
  const state = replay(events);
  const { active, followup } = state;
  return {
    at: state.at,
    status: state.finished?.status ?? null,
    completed: state.completed,
    phases: Object.fromEntries(Object.entries(state.phases).map(([id, { status }]) => [id, status])),
    active: active === null ? null : `${scopeKey(active.scope)}, cycle ${active.cycle}, attempt ${active.attempt}`,
    followup: followup === null ? null : { runId: followup.followup_run_id, launched: followup.launched },
    resumes: firstWork(state),
  };
}

/**
 * Where the log leads after each of its events, one line each: the step that follows (none while a turn is under way), and, where
 * it differs, the first work after `--resume` if the process died there.
 */
export function stepsOf(events: readonly RunEvent[]): string {
  let state = replay([]);
  const lines = events.map((event) => {
    state = apply(state, event);
    const follows = state.active?.turn?.stage === 'running' ? 'at work' : said(next(state));
    const resumes = firstWork(state);
    return `${event.seq} ${event.event_type}: ${follows}${follows === resumes ? '' : `; resumed: ${resumes}`}\n`;
  });
  return lines.join('');
}

/** What `drive` does first with a run of an older release: nothing to one that is settled, else the step after `run_resumed`. */
function firstWork(state: RunState): string {
  if (state.finished?.status === 'success') return 'nothing';
  if (state.at === 'finished' && state.followup !== null) return `follow-up ${state.followup.followup_run_id}`;
  const resumed = append(state, { event_type: 'run_resumed', ...facts(state) });
  const step = next(resumed);
  if (step.do !== 'open_pair') return said(step);
  const { pair, phaseId } = step.scope;
  return said(next(append(resumed, { event_type: 'pair_started', pair, phase_id: phaseId, boxes: ['**Box**'] })));
}

function said(step: Step): string {
  switch (step.do) {
    case 'record':
      return recorded(step.event);
    case 'take_turn':
      return `${step.role} of ${scopeKey(step.scope)}, cycle ${step.cycle}, attempt ${step.attempt}`;
    case 'checkpoint':
      return `checkpoint ${subjectOf(step.checkpoint)}`;
    case 'finish':
      return `finish ${step.status}`;
    case 'open_pair':
      return `open ${scopeKey(step.scope)}`;
    default:
      return step.do;
  }
}

function recorded(event: EventBody): string {
  if (event.event_type === 'cycle_started') {
    const scope = scopeKey({ pair: event.pair, phaseId: event.phase_id ?? null });
    return `cycle ${event.cycle} of ${scope}, attempt ${event.attempt}`;
  }
  return 'phase_id' in event ? `${event.event_type} of ${String(event.phase_id)}` : event.event_type;
}

function facts({ run }: RunState) {
  const settings = resolve([], {
    pairs: run.pairs.join(','),
    maxIterations: run.maxIterations,
    autoFollowup: true,
    approvePlan: run.settings?.runtime.approvePlan ?? false,
  }).settings;
  return {
    workspace: '/elsewhere',
    pairs: run.pairs,
    max_iterations: run.maxIterations,
    use_git: run.useGit,
    task_id: run.taskId,
    task_root: `.autoloop/tasks/${run.taskId}`,
    parent_run_id: run.parentRunId,
    followup_depth: run.depth,
    settings,
  };
}

function append(state: RunState, body: EventBody): RunState {
  const place = { ts: '2026-11-23T18:49:54.258000+00:00', run_id: state.run.runId ?? '', seq: state.seq + 1 };
  return apply(state, { ...place, ...body });
}
