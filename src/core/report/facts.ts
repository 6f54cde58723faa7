import { type Check, commandText } from '../checks/check.ts';
import type { LoggedFinding } from '../checks/check-events.ts';
import type { CriterionResult } from '../checks/criteria.ts';
import { findingText } from '../checks/status.ts';
import type { Phase } from '../phase-plan.ts';
import type { RunState } from '../state.ts';
import type { RunStatus } from '../vocabulary.ts';

/** Texts of a guard at the base and at the end. */
export interface GuardText {
  readonly before: string | null;
  readonly after: string | null;
}

export interface ReportInput {
  readonly request: string;
  readonly status: RunStatus;
  readonly verified: boolean;
  readonly phases: readonly Phase[];
  readonly criteria: readonly CriterionResult[];
  readonly texts: ReadonlyMap<string, GuardText>;
}

/** Everything that a report tells, in its order; how it looks is for Markdown and HTML to say. */
export interface ReportFacts {
  readonly title: string;
  readonly verdict: string;
  readonly summary: string;
  readonly look: readonly { readonly text: string; readonly guard: (GuardText & { readonly path: string }) | null }[];
  readonly criteria: readonly {
    readonly id: string;
    readonly text: string;
    readonly state: string;
    readonly tests: readonly string[];
    readonly note: string | null;
  }[];
  readonly checks: readonly { readonly name: string; readonly command: string; readonly origin: string }[];
  readonly oldFailures: readonly string[];
  readonly flaky: readonly string[];
  readonly edited: readonly string[];
  readonly phases: readonly { readonly id: string; readonly title: string; readonly status: string }[];
  readonly answers: readonly { readonly question: string; readonly answer: string }[];
  readonly base: string | null;
}

export function reportOf(state: RunState, input: ReportInput): ReportFacts {
  const { checks, clarifications, phases } = state;
  const judged = checks.judged.end ?? checks.judged.pair ?? checks.judged.cycle;
  const findings = judged?.findings ?? [];
  const proven = input.criteria.filter(({ state: one }) => one === 'proven' || one === 'kept').length;
  const gating = findings.filter(({ gates }) => gates);
  const known = checks.resolved?.checks ?? [];
  const shown = findings.filter(
    ({ gates, kind }) => gates || kind === 'vacuous' || kind === 'machinery' || kind === 'edited' || kind === 'changed',
  );
  return {
    title: input.request.trim().split('\n', 1)[0]?.slice(0, 200) ?? '',
    verdict: verdictOf(input, known),
    summary: [
      `${proven} of ${input.criteria.length} criteria proven or kept`,
      `${known.length} checks`,
      `${gating.length} open findings`,
      ...(state.spent.usage.costUsd === null ? [] : [`$${state.spent.usage.costUsd.toFixed(2)}`]),
      `${state.spent.turns} turns in ${(state.spent.duration_ms / 60_000).toFixed(1)} minutes`,
    ].join(' · '),
    look: [...shown.map((one) => lookAt(one, input.texts)), ...unproven(input.criteria)],
    criteria: input.criteria.map((one) => ({ ...one, text: textOf(one, input.phases) })),
    checks: known.map(({ name, run, origin }) => ({ name, command: commandText(run), origin })),
    oldFailures: checks.oldFailures,
    flaky: judged?.flaky ?? [],
    edited: findings.filter(({ kind }) => kind === 'edited').map(({ path }) => path ?? ''),
    phases: input.phases.map(({ phaseId, title }) => ({
      id: phaseId,
      title,
      status: phases[phaseId]?.status ?? 'planned',
    })),
    answers: clarifications.map(({ question, answer }) => ({ question: question ?? 'Instruction', answer })),
    base: checks.resolved?.baseCommit ?? null,
  };
}

function verdictOf({ status, verified }: ReportInput, checks: readonly Check[]): string {
  if (status === 'success') {
    if (verified) return 'Success, verified: what was asked for is proven by checks';
    return checks.length === 0 ? 'Success, not verified: no check is known' : 'Success, not verified';
  }
  return status === 'unverified'
    ? 'Not verified: the work is done, and not proven'
    : `Ended: ${status.replaceAll('_', ' ')}`;
}

function lookAt(finding: LoggedFinding, texts: ReportInput['texts']): ReportFacts['look'][number] {
  const text = finding.path === null ? undefined : texts.get(finding.path);
  const consent = finding.declared === null ? '' : ` (announced by: ${finding.declared})`;
  return {
    text: `${findingText(finding)}${consent}`,
    guard: text === undefined || finding.path === null ? null : { ...text, path: finding.path },
  };
}

function unproven(criteria: readonly CriterionResult[]): ReportFacts['look'] {
  return criteria
    .filter(({ state }) => state === 'reviewed' || state === 'missing')
    .map(({ id, state, note }) => ({
      text: `${id}: ${state === 'reviewed' ? 'reviewed, not proven' : 'nothing shows it'}${note === null ? '' : `: ${note}`}`,
      guard: null,
    }));
}

function textOf({ phaseId, id }: CriterionResult, phases: readonly Phase[]): string {
  const phase = phases.find((one) => one.phaseId === phaseId);
  return phase?.acceptanceCriteria.find((one) => one.id === id)?.text ?? '';
}
