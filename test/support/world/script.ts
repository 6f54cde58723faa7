import type { Command } from '../../../src/core/command.ts';
import type { FailureClass } from '../../../src/run/agent-port.ts';
import type { Pair, Role } from '../../../src/core/vocabulary.ts';

/** What a turn is known by. A turn that is taken again because it was lost has the same `nth`. */
export interface Turn {
  /** 0 for the first run of a chain, 1 for its follow-up… */
  readonly run: number;
  readonly pair: Pair;
  readonly phase: string | null;
  readonly role: Role;
  readonly cycle: number;
  /** How many turns of this role in this cycle have come to their end. */
  readonly nth: number;
  /** How many calls this turn has had before, in this process or in one that died. */
  readonly calls: number;
  /** The folder of the pair's artifacts, absolute. */
  readonly folder: string;
}

/** What an agent does in one turn. */
export interface Play {
  /** Sources and their new contents; null deletes. */
  readonly edits?: Readonly<Record<string, string | null>>;
  /** Files of the pair's artifacts. */
  readonly artifacts?: Readonly<Record<string, string>>;
  /** Ticks every box of criteria.md. */
  readonly ticks?: boolean;
  /** A line under the decisions header of this turn. */
  readonly decision?: string;
  /** What somebody sends to the run while the turn goes on. */
  readonly sends?: readonly Command[];
  /** The final text. */
  readonly says: string;
  /** Fails after the edits, and says nothing. */
  readonly fails?: FailureClass;
}

export interface Script {
  play(turn: Turn): Play;
  /** An automatic answer. */
  answer(question: string): Play;
}

export function promises(word: string): string {
  return control({ kind: 'promise', promise: word });
}

export function asks(question: string): string {
  return control({ kind: 'question', question });
}

export const UNREADABLE = 'I am done.\n<loop-control>\n{bad\n</loop-control>';

export const COMPLETE: Play = { ticks: true, says: promises('COMPLETE') };

export function incomplete(feedback: string): Play {
  return { artifacts: { 'feedback.md': feedback }, says: promises('INCOMPLETE') };
}

export function phasePlan(ids: readonly string[]): string {
  const phases = ids.map((id) => ({
    phase_id: id,
    title: id,
    objective: id,
    status: 'planned',
    in_scope: [id],
    deliverables: [id],
  }));
  return JSON.stringify({ version: 1, task_id: 'demo', request_snapshot_ref: 'request.md', phases });
}

/** The three files of an audit. */
export function audit(gaps: boolean, folder: string): Readonly<Record<string, string>> {
  const path = `${folder}/revised_request.md`;
  return {
    'revised_request.md': 'close the gap',
    'gap_report.md': gaps ? 'there is a gap' : 'there is no gap',
    'audit_result.json': JSON.stringify({ material_gaps_found: gaps, summary: 'looked', revised_request_path: path }),
  };
}

function control(fields: Readonly<Record<string, string>>): string {
  return `Done.\n<loop-control>\n${JSON.stringify({ schema: 'docloop.loop_control/v1', ...fields })}\n</loop-control>`;
}
