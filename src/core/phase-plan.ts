import type { PhaseMode, PhaseStatus } from './vocabulary.ts';

export interface AcceptanceCriterion {
  readonly id: string;
  readonly text: string;
}

/** One item of the plan. Strings are trimmed; lists that the file leaves out are empty. */
export interface Phase {
  readonly phaseId: string;
  readonly title: string;
  readonly objective: string;
  readonly status: PhaseStatus;
  readonly inScope: readonly string[];
  readonly outOfScope: readonly string[];
  readonly dependencies: readonly string[];
  readonly acceptanceCriteria: readonly AcceptanceCriterion[];
  readonly deliverables: readonly string[];
  readonly risks: readonly string[];
  readonly rollback: readonly string[];
}

/** A valid phase_plan.yaml (spec: protocol.md). */
export interface PhasePlan {
  readonly version: 1;
  readonly taskId: string;
  readonly requestSnapshotRef: string;
  readonly phases: readonly Phase[];
}

/** The phases that a run works on, in order. `explicit`: taken from a phase plan, not the implicit phase. */
export interface PhaseSelection {
  readonly mode: PhaseMode;
  readonly phaseIds: readonly string[];
  readonly explicit: boolean;
}

export const IMPLICIT_PHASE_ID = 'implicit-phase';

/** Checks a parsed phase_plan.yaml. Every error names its entry, counted from 1. */
export function parsePhasePlan(
  _document: unknown,
  _taskId: string,
): { readonly plan: PhasePlan } | { readonly errors: readonly string[] } {
  throw new Error('not written yet');
}

/** The plan as plain data in the canonical key order, ready to be written. */
export function canonicalPhasePlan(_plan: PhasePlan): Readonly<Record<string, unknown>> {
  throw new Error('not written yet');
}

/** The one phase of a run without a phase plan. */
export function implicitPhase(_request: string): Phase {
  throw new Error('not written yet');
}

/** Which phases to work on (spec: loop.md, phase selection). `plan` null: the run has no explicit plan. */
export function selectPhases(
  _plan: PhasePlan | null,
  _phaseId: string | null,
  _mode: PhaseMode,
): { readonly selection: PhaseSelection } | { readonly error: string } {
  throw new Error('not written yet');
}

/** Whether a stored selection can still be worked with this plan; the error says what no longer fits. */
export function fitsPlan(
  _selection: PhaseSelection,
  _plan: PhasePlan | null,
): { readonly fits: true } | { readonly error: string } {
  throw new Error('not written yet');
}
