import type { CriterionResult } from './criteria.ts';
import type { Finding } from './finding.ts';

/** What is known of a phase's work at the end of a run. */
export interface PhaseOutcome {
  readonly phaseId: string;
  /** `nothing` counts like code: work that left no trace has to be shown, too. */
  readonly changed: 'sources' | 'tests_only' | 'documents' | 'nothing';
  readonly criteria: readonly CriterionResult[];
}

export interface EndEvidence {
  readonly mode: 'auto' | 'required' | 'off';
  /** Checks that were run at the end; none: nobody knows of any. */
  readonly checks: number;
  readonly verdict: 'passed' | 'failed' | 'inconclusive' | null;
  readonly findings: readonly Finding[];
  readonly phases: readonly PhaseOutcome[];
}

/** How a run ends whose pairs are complete. `reasons`: one line each, for people. */
export type EndStatus =
  | { readonly status: 'success'; readonly verified: boolean; readonly reasons: readonly string[] }
  | { readonly status: 'unverified'; readonly verified: false; readonly reasons: readonly string[] };

/** Success is proven or says that it is not; whatever a check or a criterion still owes makes it `unverified`. */
export function endStatus(evidence: EndEvidence): EndStatus {
  const { mode, checks, verdict, findings, phases } = evidence;
  if (mode === 'off') return unproven('checks are switched off');
  if (checks === 0) {
    return mode === 'required' ? owed(['evidence is required, and there is no check']) : unproven('no check is known');
  }
  const reasons = [
    ...(verdict === 'inconclusive' || verdict === null ? ['the checks did not come to an end'] : []),
    ...findings.filter(({ gates }) => gates).map(findingText),
    ...phases.flatMap(phaseReasons),
  ];
  if (reasons.length > 0 || verdict !== 'passed') return owed(reasons);
  return { status: 'success', verified: true, reasons: [] };
}

function phaseReasons({ phaseId, changed, criteria }: PhaseOutcome): string[] {
  const missing = criteria.filter(({ state }) => state === 'missing').map(({ id }) => id);
  if (changed === 'documents') {
    return missing.length === 0 ? [] : [`phase ${phaseId}: nothing shows ${missing.join(', ')}`];
  }
  const shown = criteria.filter(({ state }) => state === 'proven' || state === 'kept');
  const ids = criteria.map(({ id }) => id).join(', ') || 'any criterion';
  if (shown.length === 0) return [`phase ${phaseId}: no criterion is proven (${ids})`];
  if (changed !== 'sources') return [`phase ${phaseId}: no source was changed, so that nothing shows ${ids}`];
  return [];
}

function unproven(reason: string): EndStatus {
  return { status: 'success', verified: false, reasons: [reason] };
}

function owed(reasons: readonly string[]): EndStatus {
  return { status: 'unverified', verified: false, reasons };
}

const MEANING: Readonly<Record<Finding['kind'], string>> = {
  regression: 'fails, and passed before',
  removed: 'passed before, and is gone or skipped',
  changed: 'asks for something else than before, and nobody announced it',
  weakened: 'was weakened: it passes with the old code as well',
  failing: 'is new, and fails',
  machinery: 'decides what checks say, and was changed unannounced',
  implausible: 'cannot be believed',
  not_passed: 'does not pass',
  vacuous: 'is new, and passes without the change as well: it shows nothing',
  edited: 'was edited; what it had tested still holds',
  unproven: 'is not shown by anything',
  carried: 'holds dependencies that are not those of the start, which no lock file tells',
  outside: 'leads out of the repository: what lies there is in no commit',
  lost: 'has nothing to be compared with',
};

/** One line about a finding, for people and agents: what it is about, and what was found. */
export function findingText({ kind, check, test, path, detail }: Finding): string {
  const where = check === null ? '' : ` (${check})`;
  if (kind === 'machinery' && test !== null) {
    return `${test}${where} passes only with what was changed in ${path ?? 'the runner'}`;
  }
  const subject = test === null ? (path ?? `check ${check ?? ''}`) : `${test}${where}`;
  const file = test !== null && path !== null ? `, see ${path}` : '';
  return `${subject} ${MEANING[kind]}${detail === null ? '' : `: ${detail}`}${file}`;
}
