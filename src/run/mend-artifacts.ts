import { repairCriteria, withTicks } from '../core/criteria-repair.ts';
import type { TurnRecord } from '../core/steps.ts';
import type { Role, Scope } from '../core/vocabulary.ts';
import { criteriaFor } from '../prompts/criteria.ts';
import type { Loop } from './loop.ts';

/** A turn whose agent has had the artifacts in its hands. */
export interface Handled {
  readonly scope: Scope;
  /** Only a verifier ticks. */
  readonly role: Role;
  /** criteria.md before the turn; null: it could not be read. */
  readonly criteriaBefore: string | null;
}

/** What was put right, in words for the operator and the next agent; `lost` are the boxes that were gone. */
export interface Mended {
  readonly notes: readonly string[];
  readonly lost: readonly string[];
}

/**
 * Puts back what is not the agent's to change: the boxes of criteria.md, and the runtime's keys of the phase plan. To be done before
 * anything is judged by them, and before the turn's changes are told.
 */
export async function mendArtifacts(loop: Loop, { scope, role, criteriaBefore }: Handled): Promise<Mended> {
  const { artifacts } = loop.ports.store;
  const now = await artifacts.readCriteria(scope);
  const repair = repairCriteria(now, {
    boxes: loop.state.active?.boxes ?? [],
    before: criteriaBefore,
    seeded: criteriaFor(scope.pair),
    mayTick: role === 'verifier',
  });
  if (repair.text !== now) await artifacts.writeCriteria(scope, repair.text);
  const keys = await artifacts.mendPlanKeys();
  const notes = [
    said(repair.lost, 'boxes of criteria.md were gone, and stand there again'),
    said(repair.reworded, 'boxes of criteria.md had other words; the original lines stand there again'),
    said(repair.unticked, 'only a verifier ticks or opens boxes of criteria.md; put back'),
    said(keys, 'keys of phase_plan.yaml that are not for agents to change were put back'),
  ].filter((note) => note !== null);
  return { notes, lost: repair.lost };
}

/**
 * The ticks of a turn whose end nobody saw are nobody's: the boxes are put back to what they were before it. Nothing happens for a turn
 * that came to its end, whose boxes were looked at then.
 */
export async function putTicksBack(loop: Loop, scope: Scope, turn: TurnRecord | null): Promise<void> {
  if (turn === null || turn.stage === 'finished' || turn.ticked === null) return;
  const { artifacts } = loop.ports.store;
  const now = await artifacts.readCriteria(scope);
  const seeded = criteriaFor(scope.pair);
  const before = withTicks(seeded, turn.ticked);
  const boxes = loop.state.active?.boxes ?? [];
  const { text, ...put } = repairCriteria(now, { boxes, before, seeded, mayTick: false });
  if (text === now) return;
  await artifacts.writeCriteria(scope, text);
  const names = [...put.unticked, ...put.reworded, ...put.lost];
  await loop.notice(
    'state_restored',
    `boxes of criteria.md are what they were before the turn that was lost: ${names.join('; ')}`,
  );
}

function said(names: readonly string[], what: string): string | null {
  return names.length === 0 ? null : `${what}: ${names.join('; ')}`;
}

/** Tells the operator, and by feedback.md the next agent, what was put back. */
export async function noteMended(loop: Loop, scope: Scope, notes: readonly string[]): Promise<void> {
  if (notes.length === 0) return;
  const cycle = loop.state.active?.cycle ?? 0;
  await loop.ports.store.artifacts.warnInFeedback(scope, cycle, notes.join('\n'));
  for (const note of notes) await loop.notice('state_restored', note);
}
