import { addTotals } from '../core/totals.ts';
import type { Totals } from '../core/events.ts';
import type { RunState } from '../core/state.ts';
import { PAIRS, type Pair, type Role } from '../core/vocabulary.ts';
import { endDocument, type EndDocument } from './end-document.ts';
import { relativeTo } from '../store/layout.ts';
import { runFiles, type RunFilePaths } from './run-file-paths.ts';
import { lastSignOfLife } from './last-activity.ts';
import { answerCommand, cyclesToGoOn, resumeCommand } from './resume-command.ts';
import { turnLogFile } from './turn-deeds.ts';
import type { UsageDocument } from './usage-text.ts';
import type { KnownRun } from './run-cursor.ts';
import type { RunView } from './run-view.ts';
import {
  limitsDocument,
  type LimitsDocument,
  pendingOf,
  type PendingDocument,
  waitingDocument,
  type WaitingDocument,
} from './waiting.ts';
import { isLive, positionOf, type Position, type Standing, waitingQuestion } from './standing.ts';
import { ownValue } from '../core/own-value.ts';
import { whyEnded } from './why-ended.ts';

/** What `autoloop status --json` prints (docs/json.md). Times are ISO 8601, paths relative to the workspace, null is unknown or none. */
export interface StatusDocument {
  readonly version: 1;
  readonly workspace: string;
  readonly task_id: string;
  readonly run_id: string;
  /** The state folder that holds the run: `.autoloop` or, of an older release, `.superloop`. */
  readonly root: 'autoloop' | 'superloop';
  readonly status: Standing;
  /** Since when the run stands like this: the begin of the turn, the end of the run, else the last event. */
  readonly since: string | null;
  readonly reason: string | null;
  /** The first line of the log that no release could have written, and why; null: there is none. */
  readonly doubt: string | null;
  readonly exit_code: number | null;
  readonly created_at: string | null;
  /** The process that works on the run; null unless it is running. */
  readonly process: { readonly pid: number; readonly host: string; readonly since: string } | null;
  readonly position: PositionDocument | null;
  readonly last_activity: ActivityDocument | null;
  readonly limit_until: string | null;
  /** What the run cannot go on without. */
  readonly waiting: WaitingDocument | null;
  /** Commands that were sent and that the run has not taken yet. */
  readonly pending: readonly PendingDocument[];
  /** The run's own limits; null: unset. */
  readonly limits: LimitsDocument;
  readonly question: QuestionDocument | null;
  readonly resume_command: string | null;
  readonly pairs: readonly Pair[];
  readonly completed: readonly { readonly pair: string; readonly phase_id: string | null }[];
  readonly phases: readonly { readonly phase_id: string; readonly status: string }[];
  readonly usage: UsageDocument & { readonly by_pair: Partial<Readonly<Record<Pair, UsageDocument>>> };
  readonly chain: ChainDocument;
  /** What came of the run; null until it has stopped. */
  readonly end: EndDocument | null;
  readonly files: RunFilePaths;
}

export interface PositionDocument {
  readonly pair: Pair;
  readonly phase_id: string | null;
  readonly cycle: number;
  readonly max_cycles: number;
  readonly attempt: number;
  readonly role: Role | null;
  /** The turn that goes on, or that was cut off; null between turns. */
  readonly turn: number | null;
  /** What its agent is called, as in the logs. */
  readonly provider: string | null;
  readonly model: string | null;
  readonly since: string | null;
}

export interface ActivityDocument {
  readonly at: string;
  readonly kind: 'command' | 'file' | 'message' | 'notice' | 'output' | 'event';
  /** What was run, changed or said; for `event` its type; null for `output` that does not tell. */
  readonly text: string | null;
}

export interface QuestionDocument {
  /** Of the event that asked. */
  readonly seq: number;
  readonly pair: Pair;
  readonly phase_id: string | null;
  readonly role: Role;
  readonly text: string;
  /** With TEXT in place of the answer; null while the running program asks by itself. */
  readonly answer_command: string | null;
}

export interface ChainDocument {
  readonly parent_run_id: string | null;
  readonly followup_run_id: string | null;
  readonly depth: number;
  /** Of this run and those before it. */
  readonly usage: UsageDocument;
}

/** Reads what the view does not have yet: the end of the turn's log, and which files there are. */
export async function statusDocument(workspace: string, view: RunView): Promise<StatusDocument> {
  const { found, known, standing, holder } = view;
  const { state } = known;
  const { taskId, runId, root } = found;
  const position = positionOf(known);
  return {
    version: 1,
    workspace,
    task_id: taskId,
    run_id: runId,
    root,
    status: standing,
    since: sinceOf(view, position),
    reason: isLive(standing)
      ? null
      : whyEnded({ workspace, taskId, runId }, { reason: state.finished?.reason ?? null, depth: state.run.depth }),
    doubt: known.doubt,
    exit_code: isLive(standing) ? null : known.exitCode,
    created_at: state.run.createdAt,
    process: isLive(standing) && holder !== null ? { pid: holder.pid, host: holder.host, since: holder.since } : null,
    position: position === null ? null : positionDocument(known, position),
    last_activity: await lastActivity(view, position),
    limit_until: state.limitUntil,
    waiting: waitingDocument(view),
    pending: await pendingOf(workspace, runId),
    limits: limitsDocument(state),
    question: questionDocument(workspace, view),
    resume_command: resumeCommand({ workspace, taskId, runId }, standing, cyclesToGoOn(state)),
    pairs: state.run.pairs,
    completed: state.completed.map(completedScope),
    phases: (state.selection?.phaseIds ?? []).map((phase_id) => ({
      phase_id,
      status: ownValue(state.phases, phase_id)?.status ?? 'planned',
    })),
    usage: { ...usageDocument(state.spent), by_pair: usageByPair(state) },
    chain: chainDocument(state),
    end: isLive(standing) || standing === 'not_started' ? null : await endDocument(workspace, view),
    files: runFiles(view.layout, turnLogOf(view, position)),
  };
}

function sinceOf({ standing, holder, known: { last, endedAt } }: RunView, position: Position | null): string | null {
  if (standing === 'starting') return holder?.since ?? null;
  return (standing === 'running' ? position?.since : endedAt) ?? last?.ts ?? null;
}

function positionDocument({ state, turn: started }: KnownRun, position: Position): PositionDocument {
  const { scope, cycle, attempt, role, turn, since } = position;
  return {
    pair: scope.pair,
    phase_id: scope.phaseId,
    cycle,
    max_cycles: state.run.maxIterations,
    attempt,
    role,
    turn,
    provider: turn === null ? null : (started?.agent ?? started?.provider ?? null),
    model: turn === null ? null : (started?.model ?? null),
    since,
  };
}

/** What the agent did last, where its turn has not ended, else what was logged last. */
async function lastActivity(
  { known: { last, turn: started }, layout }: RunView,
  position: Position | null,
): Promise<ActivityDocument | null> {
  const isOpen = position !== null && position.turn !== null && started !== null;
  const sign = isOpen ? await lastSignOfLife(turnLogFile(layout, started), started.provider) : null;
  if (sign !== null) {
    const at = new Date(sign.at).toISOString();
    return { at, kind: sign.deed?.kind ?? 'output', text: sign.deed?.text ?? null };
  }
  return last === null ? null : { at: last.ts, kind: 'event', text: last.event_type };
}

function turnLogOf({ layout, known: { turn: started } }: RunView, position: Position | null): string | null {
  if (position === null || started === null) return null;
  return relativeTo(layout.workspace, turnLogFile(layout, started));
}

export function questionDocument(
  workspace: string,
  { found, known: { state }, standing }: RunView,
): QuestionDocument | null {
  const question = waitingQuestion(state);
  if (question === null || state.active === null) return null;
  const { pair, phaseId } = state.active.scope;
  const command = answerCommand({ workspace, taskId: found.taskId, runId: found.runId });
  return {
    seq: question.seq,
    pair,
    phase_id: phaseId,
    role: question.role,
    text: question.text,
    answer_command: isLive(standing) ? null : command,
  };
}

function completedScope(key: string): { pair: string; phase_id: string | null } {
  const colon = key.indexOf(':');
  return colon < 0 ? { pair: key, phase_id: null } : { pair: key.slice(0, colon), phase_id: key.slice(colon + 1) };
}

function usageByPair(state: RunState): StatusDocument['usage']['by_pair'] {
  return Object.fromEntries(
    PAIRS.flatMap((pair) => {
      const totals = state.spentByPair[pair];
      return totals === undefined ? [] : [[pair, usageDocument(totals)]];
    }),
  );
}

function usageDocument({ turns, duration_ms, usage }: Totals): UsageDocument {
  return {
    turns,
    duration_ms,
    input_tokens: usage.inputTokens,
    cached_input_tokens: usage.cachedInputTokens,
    output_tokens: usage.outputTokens,
    reasoning_tokens: usage.reasoningTokens,
    cost_usd: usage.costUsd,
  };
}

function chainDocument({ run, followup, spent }: RunState): ChainDocument {
  return {
    parent_run_id: run.parentRunId,
    followup_run_id: followup?.followup_run_id ?? null,
    depth: run.depth,
    usage: usageDocument(addTotals(run.spentBefore ?? undefined, spent)),
  };
}
