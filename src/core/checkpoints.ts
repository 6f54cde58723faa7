import type { EventOf } from './events.ts';
import type { Role, Scope } from './vocabulary.ts';

/** What a checkpoint of the log is for. Its subject is for people; this decides. */
const CHECKPOINT_KINDS = [
  'producer_edits',
  'verifier_feedback',
  /** Sources that a verifier edited where its scope is strict. */
  'verifier_edits',
  'answered_question',
  'pair_complete',
  'blocked',
  'failed_max_iterations',
  'failed_no_progress',
  'completion',
] as const;
export type CheckpointKind = (typeof CHECKPOINT_KINDS)[number];

/** Which changes a checkpoint takes. `task`: the task's own folder and nothing else. */
export type Selects = 'agent_edits' | 'agent_edits_and_task' | 'source_edits' | 'task';

/** Where in a run a turn stands, or what follows from it. */
export interface Place {
  readonly scope: Scope;
  readonly cycle: number;
  readonly attempt: number;
  readonly role: Role;
}

/** A commit to make, of what a turn or the runtime has changed. */
export interface Checkpoint {
  readonly kind: CheckpointKind;
  readonly selects: Selects;
  /** Null for the one that follows the last pair. */
  readonly place: Place | null;
}

/** The subject of a checkpoint's commit. */
export function subjectOf({ kind, place }: Pick<Checkpoint, 'kind' | 'place'>): string {
  return place === null ? `autoloop: ${COMPLETED}` : `autoloop: ${wordsOf(kind, place)}`;
}

/** What the event of a checkpoint says beside its commit. */
export function checkpointFields(checkpoint: Checkpoint): Omit<EventOf<'checkpoint'>, 'commit'> {
  const { kind, place } = checkpoint;
  const head = { event_type: 'checkpoint', subject: subjectOf(checkpoint), kind } as const;
  if (place === null) return head;
  const { scope, cycle, attempt, role } = place;
  return { ...head, pair: scope.pair, phase_id: scope.phaseId, cycle, attempt, role };
}

/** The kind of a logged checkpoint; null: one that this release does not know. Release 0.2.0 logged nothing but the subject. */
export function kindOf({ kind, subject }: EventOf<'checkpoint'>): CheckpointKind | null {
  if (kind !== undefined) return CHECKPOINT_KINDS.find((one) => one === kind) ?? null;
  return OLDER_SUBJECTS.find(([words]) => words.test(subject))?.[1] ?? null;
}

const COMPLETED = 'successful completion';

function wordsOf(kind: CheckpointKind, { scope, cycle, role }: Place): string {
  const { pair } = scope;
  const here = `(${pair} #${cycle})`;
  switch (kind) {
    case 'producer_edits':
      return `producer edits ${here}`;
    case 'verifier_feedback':
      return `verifier feedback ${here}`;
    case 'verifier_edits':
      return `verifier edits ${here}`;
    case 'answered_question':
      return `answered ${role} question ${here}`;
    case 'pair_complete':
      return `pair complete (${pair})`;
    case 'blocked':
      return `blocked ${here}`;
    case 'failed_max_iterations':
      return `failed (${pair} max iterations)`;
    case 'failed_no_progress':
      return `failed (${pair} no progress)`;
    case 'completion':
      return COMPLETED;
  }
}

const OLDER_SUBJECTS: readonly (readonly [RegExp, CheckpointKind])[] = [
  [/^autoloop: producer edits /, 'producer_edits'],
  [/^autoloop: verifier feedback /, 'verifier_feedback'],
  [/^autoloop: verifier edits /, 'verifier_edits'],
  [/^autoloop: answered /, 'answered_question'],
  [/^autoloop: pair complete /, 'pair_complete'],
  [/^autoloop: blocked /, 'blocked'],
  [/^autoloop: failed .* max iterations\)$/, 'failed_max_iterations'],
  [/^autoloop: failed .* no progress\)$/, 'failed_no_progress'],
  [/^autoloop: successful completion$/, 'completion'],
];
