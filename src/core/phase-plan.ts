import type { TestChange } from './checks/declared.ts';
import { readTestChanges } from './checks/evidence-map.ts';
import { clashesOf } from './phase-clashes.ts';
import type { PhaseMode, PhaseStatus } from './vocabulary.ts';
import { ownValue } from './own-value.ts';
import { redactTokens } from './redact.ts';

export interface AcceptanceCriterion {
  readonly id: string;
  readonly text: string;
  /** All that is asked for is that what was there is kept. */
  readonly verify?: 'kept';
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
  /** Tests and guards that the phase is going to change, and why. */
  readonly testChanges?: readonly TestChange[];
}

/** A valid phase_plan.yaml (docs/protocol.md). */
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

/** The phase that stands in where a run has no phase plan of its own (docs/loop.md). */
export const IMPLICIT_PHASE_ID = 'implicit-phase';

/**
 * Checks a parsed phase_plan.yaml. Every fault is named with its entry, counted from 1. Keys that the format does not know, which
 * older releases wrote, are passed over.
 */
export function parsePhasePlan(
  document: unknown,
  taskId: string,
): { readonly plan: PhasePlan } | { readonly errors: readonly string[] } {
  if (!isRecord(document)) return { errors: ['phase_plan.yaml must hold a mapping'] };
  const errors: string[] = [];
  if (document['version'] !== 1) errors.push('version must be 1');
  if (document['task_id'] !== taskId) errors.push(`task_id must be ${JSON.stringify(taskId)}`);
  const requestSnapshotRef = readText(document['request_snapshot_ref'], 'request_snapshot_ref', errors);
  const phases = readList(document['phases'], 'phases', errors, readPhase);
  errors.push(...clashesOf(phases));
  return errors.length > 0 ? { errors } : { plan: { version: 1, taskId, requestSnapshotRef, phases } };
}

/** The plan as plain data in the canonical key order, ready to be written. */
export function canonicalPhasePlan(plan: PhasePlan): Readonly<Record<string, unknown>> {
  return {
    version: plan.version,
    task_id: plan.taskId,
    request_snapshot_ref: plan.requestSnapshotRef,
    phases: plan.phases.map((phase) => ({
      phase_id: phase.phaseId,
      title: phase.title,
      objective: phase.objective,
      status: phase.status,
      in_scope: [...phase.inScope],
      out_of_scope: [...phase.outOfScope],
      dependencies: [...phase.dependencies],
      acceptance_criteria: phase.acceptanceCriteria.map(({ id, text, verify }) => ({
        id,
        text,
        ...(verify === undefined ? {} : { verify }),
      })),
      deliverables: [...phase.deliverables],
      risks: [...phase.risks],
      rollback: [...phase.rollback],
      ...(phase.testChanges === undefined ? {} : { test_changes: phase.testChanges.map((change) => ({ ...change })) }),
    })),
  };
}

/** The one phase of a run without a phase plan. The request itself is in the run's request.md: its first line says which it is. */
export function implicitPhase(request: string): Phase {
  const firstLine = request.trim().split('\n', 1)[0] ?? '';
  const name = firstLine.length > 120 ? `${firstLine.slice(0, 119).toWellFormed()}…` : firstLine;
  return {
    phaseId: IMPLICIT_PHASE_ID,
    title: 'The whole request',
    objective: 'Carry out the request, with its clarifications, completely.',
    status: 'planned',
    inScope: [`The request in the request file${name === '' ? '' : `: ${name}`}`],
    outOfScope: [],
    dependencies: [],
    acceptanceCriteria: [{ id: 'AC-1', text: 'Everything that the request and its clarifications ask for is done.' }],
    deliverables: ['Code', 'Tests', 'Documentation'],
    risks: [],
    rollback: [],
  };
}

/** Which phases to work on (docs/loop.md). `plan` null: the run has no explicit plan. */
export function selectPhases(
  plan: PhasePlan | null,
  phaseId: string | null,
  mode: PhaseMode,
): { readonly selection: PhaseSelection } | { readonly error: string } {
  if (phaseId === null) {
    if (mode === 'up-to') return { error: '--phase-mode up-to needs --phase-id' };
    const phaseIds = plan === null ? [IMPLICIT_PHASE_ID] : idsOf(plan);
    return { selection: { mode, phaseIds, explicit: plan !== null } };
  }
  if (plan === null) return { error: `--phase-id ${phaseId} needs a phase plan, and this run has none` };
  const ids = idsOf(plan);
  const at = ids.indexOf(phaseId.trim());
  if (at === -1) return { error: `--phase-id ${phaseId} is not in the phase plan, which has: ${ids.join(', ')}` };
  return { selection: { mode, phaseIds: ids.slice(mode === 'single' ? at : 0, at + 1), explicit: true } };
}

/** Whether a stored selection can still be worked with this plan; the error says what no longer fits. */
export function fitsPlan(
  selection: PhaseSelection,
  plan: PhasePlan | null,
): { readonly fits: true } | { readonly error: string } {
  if (!selection.explicit) return { fits: true };
  if (plan === null) return { error: 'this run has selected phases of a phase plan, and the plan is gone' };
  const ids = idsOf(plan);
  const gone = selection.phaseIds.filter((id) => !ids.includes(id));
  if (gone.length > 0) return { error: `the phase plan no longer has the selected phase ${gone.join(', ')}` };
  const today = ids.filter((id) => selection.phaseIds.includes(id));
  if (today.every((id, index) => id === selection.phaseIds[index])) return { fits: true };
  return {
    error: `the phase plan has the selected phases in another order: ${today.join(', ')} instead of ${selection.phaseIds.join(', ')}`,
  };
}

const STATUSES: readonly PhaseStatus[] = ['planned', 'in_progress', 'completed', 'blocked', 'deferred'];
const LONGEST_PHASE_ID = 96;

function idsOf(plan: PhasePlan): string[] {
  return plan.phases.map((phase) => phase.phaseId);
}

// The readers return something of the right type for a faulty value, too: with any error there is no plan, so nobody sees it.

function readPhase(entry: unknown, at: string, errors: string[]): Phase {
  if (!isRecord(entry)) {
    errors.push(`${at} must be a mapping`);
    return { ...implicitPhase(''), phaseId: '' };
  }
  const texts = (key: string) => readOptionalList(ownValue(entry, key), `${at}.${key}`, errors, readText);
  const someTexts = (key: string) => readList(ownValue(entry, key), `${at}.${key}`, errors, readText);
  return {
    phaseId: readPhaseId(entry['phase_id'], `${at}.phase_id`, errors),
    title: readText(entry['title'], `${at}.title`, errors),
    objective: readText(entry['objective'], `${at}.objective`, errors),
    status: readStatus(entry['status'], `${at}.status`, errors),
    inScope: someTexts('in_scope'),
    outOfScope: texts('out_of_scope'),
    dependencies: texts('dependencies'),
    acceptanceCriteria: readOptionalList(
      entry['acceptance_criteria'],
      `${at}.acceptance_criteria`,
      errors,
      readCriterion,
    ),
    deliverables: someTexts('deliverables'),
    risks: texts('risks'),
    rollback: texts('rollback'),
    ...readAnnounced(entry['test_changes'], `${at}.test_changes`, errors),
  };
}

/** Absent where nothing is announced, so that a plan without it reads and is written as before. */
function readAnnounced(value: unknown, at: string, errors: string[]): Pick<Phase, 'testChanges'> {
  const { changes, errors: faults } = readTestChanges(value, at);
  errors.push(...faults);
  return changes.length === 0 ? {} : { testChanges: changes };
}

type Reader<T> = (value: unknown, at: string, errors: string[]) => T;

function readList<T>(value: unknown, at: string, errors: string[], readEntry: Reader<T>): T[] {
  if (Array.isArray(value) && value.length > 0) return readOptionalList(value, at, errors, readEntry);
  errors.push(`${at} must be a non-empty list`);
  return [];
}

/** A key without a value, which YAML reads as null, is an empty list. */
function readOptionalList<T>(value: unknown, at: string, errors: string[], readEntry: Reader<T>): T[] {
  if (Array.isArray(value)) return value.map((entry, index) => readEntry(entry, `${at}[${index + 1}]`, errors));
  if (value !== undefined && value !== null) errors.push(`${at} must be a list`);
  return [];
}

function readText(value: unknown, at: string, errors: string[]): string {
  if (typeof value === 'string' && value.trim() !== '') return value.trim();
  // The slip that agents make most: an unquoted sentence with a colon in it is a mapping to YAML.
  const hint = isRecord(value) ? ' (found a mapping: put text with a colon in quotes)' : '';
  errors.push(`${at} must be a non-empty string${hint}`);
  return '';
}

function readPhaseId(value: unknown, at: string, errors: string[]): string {
  const id = readText(value, at, errors);
  if (/[\p{Cc}\p{Cs}]/u.test(id)) errors.push(`${at} must not have control characters`);
  if (redactTokens(id) !== id) errors.push(`${at} has the shape of a secret, and names folders that are committed`);
  if (new TextEncoder().encode(id).length > LONGEST_PHASE_ID) {
    errors.push(`${at} must have at most ${LONGEST_PHASE_ID} bytes of UTF-8`);
  }
  return id;
}

function readStatus(value: unknown, at: string, errors: string[]): PhaseStatus {
  const status = STATUSES.find((known) => known === value);
  if (status === undefined) errors.push(`${at} must be one of ${STATUSES.join(', ')}`);
  return status ?? 'planned';
}

function readCriterion(value: unknown, at: string, errors: string[]): AcceptanceCriterion {
  if (!isRecord(value)) {
    errors.push(`${at} must be a mapping of id and text`);
    return { id: '', text: '' };
  }
  const verify = value['verify'] === 'kept' ? ({ verify: 'kept' } as const) : {};
  return {
    id: readText(value['id'], `${at}.id`, errors),
    text: readText(value['text'], `${at}.text`, errors),
    ...verify,
  };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
