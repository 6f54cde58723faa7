import type { Counts } from '../checks/results.ts';
import type { Decided } from '../decided.ts';
import type { Phase } from '../phase-plan.ts';
import type { RunStatus } from '../vocabulary.ts';

/** Texts of a guard at the base and at the end. */
export interface GuardText {
  readonly before: string | null;
  readonly after: string | null;
}

/** How much of the sources differs between base and end. */
export interface ChangedLines {
  readonly files: number;
  readonly added: number;
  readonly removed: number;
}

export interface ReportInput {
  readonly request: string;
  /** Null: the run is not at its end. */
  readonly status: RunStatus | null;
  readonly verified: boolean;
  readonly phases: readonly Phase[];
  /** Plain lines that agents wrote into the ledger of decisions. */
  readonly decisions: readonly string[];
  readonly texts: ReadonlyMap<string, GuardText>;
  readonly changed: ChangedLines | null;
}

/** Everything that a report tells, in its order, as plain data; how it looks is for Markdown and HTML to say. */
export interface ReportFacts {
  readonly title: string;
  readonly verdict: string;
  readonly tone: 'good' | 'so' | 'bad';
  /** A few words each. */
  readonly summary: readonly string[];
  readonly look: readonly ReportItem[];
  readonly criteria: readonly ReportCriterion[];
  readonly checks: readonly ReportCheck[];
  readonly oldFailures: readonly string[];
  readonly flaky: readonly string[];
  readonly phases: readonly ReportPhase[];
  readonly answers: readonly { readonly question: string; readonly answer: string }[];
  /** What was asked, answered, noted, approved and sent back, and by whom, first to last. */
  readonly asked: readonly Decided[];
  readonly decisions: readonly string[];
  readonly base: string | null;
  readonly end: string | null;
}

/** What a person should look at. `gates`: it keeps the run from being verified. */
export interface ReportItem {
  readonly text: string;
  readonly gates: boolean;
  readonly guard: (GuardText & { readonly path: string }) | null;
}

export interface ReportCriterion {
  readonly id: string;
  readonly text: string;
  readonly state: string;
  readonly tests: readonly string[];
  readonly note: string | null;
  /** Those of its phase. */
  readonly commits: readonly string[];
  /** The checks that show it. */
  readonly checks: readonly { readonly name: string; readonly holds: boolean }[];
  /** What the verifiers of its phase said last. */
  readonly verifier: 'complete' | 'incomplete' | 'blocked' | 'not asked';
  readonly audit: 'no gaps' | 'gaps found' | 'unreadable' | 'not asked';
}

export interface ReportCheck {
  readonly name: string;
  readonly command: string;
  readonly origin: string;
  /** Null: it was not run there. */
  readonly before: Counts | null;
  readonly after: Counts | null;
  readonly seconds: number | null;
}

export interface ReportPhase {
  readonly id: string;
  readonly title: string;
  readonly status: string;
  readonly commits: readonly string[];
}
