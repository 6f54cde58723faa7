import { phaseKey } from './ids.ts';
import { IMPLICIT_PHASE_ID } from './phase-plan.ts';
import { isPhased, type Pair, type Role, type Scope } from './vocabulary.ts';

/** Logs of the first releases name no phase in implement and test: there was only the implicit one. */
export function scopeOf(pair: Pair, phaseId: string | null | undefined): Scope {
  return { pair, phaseId: isPhased(pair) ? (phaseId ?? IMPLICIT_PHASE_ID) : null };
}

export function scopeKey(scope: Scope): string {
  return scope.phaseId === null ? scope.pair : `${scope.pair}:${scope.phaseId}`;
}

export function sameScope(a: Scope, b: Scope): boolean {
  return a.pair === b.pair && a.phaseId === b.phaseId;
}

/** The session of a scope, as the name of its file below `sessions/`: implement and test of a phase share one. */
export function sessionName(scope: Scope, role: Role, separate: boolean): string {
  const name = scope.phaseId === null ? scope.pair : `phases/${phaseKey(scope.phaseId)}`;
  return separate ? `${name}.${role}` : name;
}

/** The value of `phase_id` in the decisions ledger (docs/state.md). */
export function ledgerPhase(scope: Scope): string {
  if (scope.pair === 'plan') return 'task-global';
  return scope.phaseId ?? IMPLICIT_PHASE_ID;
}

/** Labels of the pairs as they stand in `===== Pair: … =====` (docs/loop.md). */
export const PAIR_LABELS: Readonly<Record<Pair, string>> = {
  plan: 'Plan ↔ Plan Verifier',
  implement: 'Implement ↔ Code Reviewer',
  test: 'Test Author ↔ Test Auditor',
  audit: 'Intent Audit <-> Intent Audit Verifier',
};
