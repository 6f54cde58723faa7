import type { Check, Gate, Moment, ParserName, Side, When } from './check.ts';
import type { CriterionState } from './criteria.ts';
import type { Finding } from './finding.ts';
import type { Counts, Ending } from './results.ts';

/** A check as the log has it. */
export interface LoggedCheck {
  readonly name: string;
  readonly run: string | readonly string[];
  readonly parser: ParserName;
  readonly results: string | null;
  readonly when: When;
  readonly gate: Gate;
  readonly held_back: boolean;
  readonly timeout_minutes: number;
  readonly origin: string;
}

/** What checks may find in the work tree and is in no state, by path, each as a hash; `at`: when that was, in milliseconds. */
export interface Carried {
  readonly at: number;
  /** Folders of dependencies. */
  readonly folders: Readonly<Record<string, string>>;
  /** Files that runners load by themselves, and that git ignores; absent: not known. */
  readonly guards?: Readonly<Record<string, string>>;
}

/** Where checks run: in clean copies of states, or in the work tree itself. */
export type Where = 'auto' | 'clean' | 'in_place';

/** The events of checks and evidence. All are ours: readers of other implementations skip them. */
export type CheckEventBody =
  | {
      readonly event_type: 'checks_resolved';
      readonly checks: readonly LoggedCheck[];
      readonly base_tree: string;
      readonly base_commit: string | null;
      readonly where: Where;
      readonly carried?: Carried;
      /** The guards that count, where they are not those of the base: a person's, from an earlier run of the chain. */
      readonly guard_tree?: string;
    }
  | ({ readonly event_type: 'check_started' } & CheckPlace)
  | ({ readonly event_type: 'check_finished' } & CheckPlace & {
        readonly exit_code: number | null;
        readonly duration_ms: number;
        readonly counts: Counts;
        /** Taken from an earlier run: no process was started. */
        readonly cached: boolean;
        /** The file below `turns/` that has its output; null where there is none. */
        readonly log: string | null;
        readonly results: { readonly name: string; readonly sha256: string };
        readonly ending: Ending;
        readonly parser: Exclude<ParserName, 'auto'>;
        readonly where: Exclude<Where, 'auto'>;
        readonly implausible: string | null;
      })
  | {
      readonly event_type: 'checks_judged';
      readonly at: Moment;
      readonly verdict: 'passed' | 'failed' | 'inconclusive';
      /** At most 100; `more` counts the rest of both lists. */
      readonly new_failures: readonly string[];
      readonly findings: readonly LoggedFinding[];
      readonly more: number;
      readonly flaky: readonly string[];
      /** What the next turn is told; null: nothing. */
      readonly note: string | null;
      /** The state that was judged. */
      readonly tree: string;
      readonly phase_id: string | null;
      readonly pair?: 'implement' | 'test';
      /** At the base: tests that fail there. */
      readonly old_failures?: readonly string[];
      /** Checks that cannot run here and are left out from now on. */
      readonly left_out?: readonly string[];
      /** How many checks a judgement after the base rests on; 0: on guards alone. Logs of before do not tell. */
      readonly checks?: number;
      /** Criteria that were weighed with it: all of them at the end, else those of its phase. */
      readonly criteria?: readonly WeighedCriterion[];
    }
  /** While no agent was at work the sources went from one state to another: guards that were edited are a person's, and count from now on. */
  | {
      readonly event_type: 'person_edited';
      /** Null: not known, as after a crash. */
      readonly from: string | null;
      readonly to: string;
      /** The base, the guards that count, and the state after the last completed phase, each with a person's guards. */
      readonly base_tree: string;
      readonly guard_tree: string;
      readonly later_tree: string | null;
      /** The guards, at most 100. */
      readonly paths: readonly string[];
    }
  /** `tree`: the sources as the person saw them; absent: not known. */
  | {
      readonly event_type: 'change_accepted';
      readonly name: string;
      readonly source: 'human';
      readonly tree?: string;
      /** What no state has, as a hash: a folder of dependencies, a file that git ignores. */
      readonly content?: string;
    }
  | {
      readonly event_type: 'evidence_reported';
      readonly verified: boolean;
      readonly criteria: readonly LoggedCriterion[];
      readonly report_sha256: string;
      /** The kept document of what the report tells, from which it is made anew. */
      readonly facts?: { readonly name: string; readonly sha256: string };
    };

const CHECK_EVENTS = {
  checks_resolved: true,
  check_started: true,
  check_finished: true,
  checks_judged: true,
  person_edited: true,
  change_accepted: true,
  evidence_reported: true,
} as const satisfies Readonly<Record<CheckEventBody['event_type'], true>>;

/** Whether an event is one of checks and evidence. */
export function isCheckEvent<E extends { readonly event_type: string }>(event: E): event is Extract<E, CheckEventBody> {
  return Object.hasOwn(CHECK_EVENTS, event.event_type);
}

interface CheckPlace {
  readonly check: string;
  readonly at: Moment;
  readonly side: Side;
  readonly tree: string;
  readonly commit: string | null;
}

export interface LoggedFinding {
  readonly kind: Finding['kind'];
  readonly check: string | null;
  readonly test: string | null;
  readonly path: string | null;
  readonly declared: Finding['declared'];
  readonly gates: boolean;
  readonly detail: string | null;
}

/** A criterion as it was weighed, for reports of a run that goes on in another process, or ends before it is weighed anew. */
export interface WeighedCriterion {
  readonly phase_id: string;
  readonly id: string;
  readonly state: CriterionState;
  readonly tests: readonly string[];
  readonly checks: readonly string[];
  readonly note: string | null;
}

export interface LoggedCriterion {
  readonly phase_id: string;
  readonly id: string;
  readonly state: CriterionState;
  readonly tests: readonly string[];
  readonly commits: readonly string[];
}

export function toLogged(check: Check): LoggedCheck {
  const { heldBack: held_back, timeoutMinutes: timeout_minutes, origin, ...same } = check;
  return { ...same, held_back, timeout_minutes, origin };
}

export function fromLogged(logged: LoggedCheck): Check {
  const { held_back: heldBack, timeout_minutes: timeoutMinutes, ...same } = logged;
  return { ...same, heldBack, timeoutMinutes };
}

/** A test or guard that a phase is going to change. */
export interface AnnouncedChange {
  readonly phase_id: string;
  readonly test: string;
  readonly criterion: string;
  readonly reason: string;
}

/** What a follow-up is compared with: the base of its chain, the guards that count, and the state that the run before it left. */
export interface ChainBase {
  readonly tree: string;
  readonly commit: string | null;
  readonly guards?: string;
  readonly carried?: Carried;
  readonly left?: string | null;
  /** Milliseconds that checks have taken in the runs before. */
  readonly spent_ms?: number;
  /** What checks that run in the work tree found at the base, where no later run can go: documents below `turns/` of that run. */
  readonly in_place?: {
    readonly run_id: string;
    readonly results: readonly {
      readonly check: string;
      readonly name: string;
      readonly parser: Exclude<ParserName, 'auto'>;
    }[];
  };
}
