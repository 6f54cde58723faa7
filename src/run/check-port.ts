import type { Check, ParserName } from '../core/checks/check.ts';
import type { Difference, GuardChanges } from '../core/checks/guards.ts';
import type { CheckResult } from '../core/checks/results.ts';
import type { ChangedLines } from '../core/report/report.ts';
import type { EvidenceSettings } from '../core/settings.ts';

/** What the loop needs for checks: states of the sources, and commands run on them. */
export interface CheckBench {
  /** Without git: checks run in the work tree, and what a guard was is known by its hash alone. */
  readonly isInPlace?: boolean;
  /** Why a snapshot stands for more than can be looked at, and is never there to be compared with; null: it does not. */
  readonly tooLarge?: (tree: string) => string | null;
  /** Checks of the sources as they are, by what is usual for their tools. */
  discover(): Promise<readonly Check[]>;
  /** The state of the sources as they are. */
  snapshot(): Promise<string>;
  /** Those of these states that the repository has not, or not any more. */
  lost(trees: readonly string[]): Promise<readonly string[]>;
  /** The last commit, and its state for whoever asks; null where there are no commits. */
  lastCommit(): Promise<{ readonly commit: string; readonly tree: () => Promise<string> } | null>;
  /**
   * The state of the last commit, with what was uncommitted before the run began and is a person's: that is not the run's to commit.
   * Null where there are no commits.
   */
  committed(states: {
    readonly base: string;
    readonly baseCommit: string | null;
    /** What persons edited since, each as two states. */
    readonly persons: readonly { readonly from: string; readonly to: string }[];
    readonly now: string;
  }): Promise<string | null>;
  /** The ground with the guards of a person in place of those that it had; `paths` are these, none where it is as it was. */
  withPersonsGuards(
    ground: Ground,
    edits: PersonsEdits,
    evidence: EvidenceSettings,
  ): Promise<Ground & { readonly paths: readonly string[] }>;
  compare(states: StatePair, evidence: EvidenceSettings): Promise<StateChanges>;
  /** The files of a state that these checks name as what runs them; relative to the top, as globs. */
  namedGuards(checks: readonly Check[], tree: string): Promise<readonly string[]>;
  /** Those of these files, named by results as where tests stand, that are no sources in these states; relative to the top, as globs. */
  testFiles?(files: readonly string[], trees: readonly string[]): Promise<readonly string[]>;
  /** The state with the base's guards (what came since is taken out, whatever phase it came with), and the base with today's; null where states cannot be crossed. */
  crossed(states: StatePair, changes: StateChanges): Promise<Crossed | null>;
  /** Runs a check once on a state. Rejects with a Problem where the state cannot be put in place. */
  run(request: CheckRun): Promise<Ran>;
  /** What a state that was put in place only names, and this machine has not: submodules, large files. */
  missing?(tree: string): readonly string[];
  /** What git ignores and checks may find in the work tree, as it is. `since`: in milliseconds. */
  carried?(evidence: EvidenceSettings, since: number): Promise<CarriedNow>;
  /** The end of a check's output, control characters out; null: there is none. */
  tail(log: string): Promise<string | null>;
  /** How much differs between two states; null: not known. */
  changed(base: string, now: string): Promise<ChangedLines | null>;
  /** The texts of paths that differ between two states. */
  texts(base: string, now: string, paths: readonly string[]): Promise<ReadonlyMap<string, GuardTexts>>;
  close(): Promise<void>;
}

export interface CarriedNow {
  readonly at: number;
  /** Of dependencies. */
  readonly folders: readonly CarriedFolder[];
  /** Files that runners load by themselves, each as a hash. */
  readonly guards: Readonly<Record<string, string>>;
}

export interface CarriedFolder {
  /** Relative to the top. */
  readonly path: string;
  readonly digest: string;
  /** The packages of which something has changed since the given time, at most five. */
  readonly touched: readonly string[];
}

export interface GuardTexts {
  readonly before: string | null;
  readonly after: string | null;
}

/** What today's sources are compared with: `later` is the state after the last completed phase, null before. */
export interface Ground {
  readonly base: string;
  /** See `CheckFacts.resolved.guardTree`. */
  readonly guards: string;
  readonly later: string | null;
}

/** Two states between which only a person was at work; `from` null: not known. `configuration`: that file is a person's in any case. */
export interface PersonsEdits {
  readonly from: string | null;
  readonly to: string;
  readonly configuration: boolean;
}

/** `later`: the state after the last completed phase, whose tests are guards by now. */
export interface StatePair {
  readonly base: string;
  readonly now: string;
  readonly later: string | null;
}

export interface StateChanges {
  readonly differences: readonly Difference[];
  /** What was done to guards since they became guards. */
  readonly guards: GuardChanges;
  /** Guards that are not those of the base, whenever they came. */
  readonly today: GuardChanges;
  /** Files in which only tests differ, although they are sources. */
  readonly testsOnly: ReadonlySet<string>;
  /** Links that are new and lead out of the repository. */
  readonly outside: readonly string[];
}

/** Made when asked for. */
export interface Crossed {
  oldOnNew(): Promise<string>;
  newOnOld(): Promise<string>;
}

export interface CheckRun {
  readonly check: Check;
  readonly tree: string;
  readonly where: 'clean' | 'in_place';
  /** The parser of the base's results; null: this is the base. */
  readonly expected: Exclude<ParserName, 'auto'> | null;
  readonly evidence: EvidenceSettings;
  /** Absolute. */
  readonly logFile: string;
  /** Whether a pass of an earlier run will do. */
  readonly mayBeKnown: boolean;
}

export interface Ran {
  readonly result: CheckResult;
  readonly parser: Exclude<ParserName, 'auto'>;
  readonly cached: boolean;
}
