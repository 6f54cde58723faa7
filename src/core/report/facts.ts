import { type Check, commandText } from '../checks/check.ts';
import type { LoggedFinding } from '../checks/check-events.ts';
import type { CriterionResult } from '../checks/criteria.ts';
import { lastJudged, resultKey } from '../checks/facts.ts';
import { findingText } from '../checks/status.ts';
import type { RunState } from '../state.ts';
import { criterionRows, shortened } from './criterion-rows.ts';
import type { ReportCheck, ReportFacts, ReportInput, ReportItem } from './report.ts';
import { ownValue } from '../own-value.ts';
import { summaryOf, verdictOf } from './verdict.ts';

/** A function of what the log tells and of what is handed in with it. */
export function reportOf(state: RunState, input: ReportInput): ReportFacts {
  const { checks, clarifications, phases } = state;
  const findings = lastJudged(checks)?.findings ?? [];
  const known = checks.resolved?.checks ?? [];
  return {
    title: input.request.trim().split('\n', 1)[0]?.slice(0, 200) ?? '',
    ...verdictOf(input, state),
    summary: summaryOf(state, input),
    look: lookOf(findings, state, input),
    criteria: criterionRows(state, input.phases),
    checks: known.map((check) => checkRow(check, state)),
    oldFailures: checks.oldFailures,
    flaky: checks.flaky,
    phases: input.phases.map(({ phaseId, title }) => ({
      ...{ id: phaseId, title, status: ownValue(phases, phaseId)?.status ?? 'planned' },
      commits: shortened(ownValue(checks.commits, phaseId) ?? []),
    })),
    answers: clarifications.map(({ question, answer }) => ({ question: question ?? 'Instruction', answer })),
    asked: state.decided,
    decisions: input.decisions,
    base: checks.resolved?.baseCommit ?? null,
    end: state.lastCommit,
  };
}

function checkRow(check: Check, { checks }: RunState): ReportCheck {
  const { kept, resolved } = checks;
  const before = ownValue(kept, resultKey(check.name, resolved?.baseTree ?? ''));
  const last = lastJudged(checks);
  const after = last === null ? undefined : ownValue(kept, resultKey(check.name, last.tree));
  return {
    name: check.name,
    command: check.heldBack ? 'held back' : commandText(check.run),
    origin: check.origin,
    before: before?.counts ?? null,
    after: after?.counts ?? null,
    seconds: after === undefined ? null : Math.round(after.durationMs / 100) / 10,
  };
}

/** What was found, the gravest first; of a held-back check no more than its name. */
function lookOf(
  findings: readonly LoggedFinding[],
  { checks: { resolved, weighed } }: RunState,
  input: ReportInput,
): ReportItem[] {
  const items = findings.map((finding) => itemOf(finding, input.texts));
  const unshown = weighed
    .filter(
      ({ state, id }) => isUnshown(state) && !findings.some(({ kind, test }) => kind === 'unproven' && test === id),
    )
    .map(({ id, state, note }) => {
      const words = state === 'reviewed' ? 'reviewed, not proven' : 'nothing shows it';
      return { text: `${id}: ${words}${note === null ? '' : `: ${note}`}`, gates: false, guard: null };
    });
  const own = (resolved?.checks ?? [])
    .filter(({ origin }) => origin.endsWith(WRITTEN_HERE))
    .map(({ name }) => ({ text: `check ${name} was written in this run`, gates: false, guard: null }));
  return [...items, ...unshown, ...own];
}

const WRITTEN_HERE = 'written in this run';

function isUnshown(state: CriterionResult['state']): boolean {
  return state === 'reviewed' || state === 'missing';
}

const CONSENT = {
  plan: ' (announced by the plan)',
  producer: ' (announced by its author alone)',
  person: ' (accepted by a person)',
} as const;

function itemOf(finding: LoggedFinding, texts: ReportInput['texts']): ReportItem {
  const { path, declared, gates } = finding;
  const text = path === null ? undefined : texts.get(path);
  return {
    text: `${findingText(finding)}${declared === null ? '' : CONSENT[declared]}`,
    gates,
    guard: text === undefined || path === null ? null : { before: cut(text.before), after: cut(text.after), path },
  };
}

const MOST_TEXT = 4_000;

function cut(text: string | null): string | null {
  return text === null || text.length <= MOST_TEXT ? text : `${text.slice(0, MOST_TEXT).toWellFormed()}\n…`;
}
