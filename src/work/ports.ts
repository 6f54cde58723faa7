import type { Settings } from '../core/settings.ts';
import type { Role } from '../core/vocabulary.ts';
import type { CheckBench } from '../run/check-port.ts';
import type { Agent } from '../run/agent-port.ts';
import type { WorkTree } from '../run/git-port.ts';
import type { Clock, Inbox, Narrator, Person, TaskGround } from '../run/ports.ts';
import type { RunStore } from '../run/store-port.ts';
import type { PlannedRun, RecordedRun, RunName } from './planned-run.ts';

/** Whoever is told how the work goes, is asked and may stop it: a person at a terminal, say. */
export interface Io extends Signals {
  /** A plain line; it begins with its mark, `[*]` or so. */
  line(text: string): void;
  warn(text: string): void;
  /** Tells what happens in one run. */
  narrator(run: NarratedRun): Narrator;
  /** Puts the questions of all runs. */
  readonly asker: Person;
  /** Whether a person sits there who sees what is asked. */
  readonly isAttended: boolean;
  readonly environment: Environment;
}

/** The wish to stop: `stop` is aborted at first, with a `StopRequest` as its reason; `hurry` when it is said again. */
export interface Signals {
  readonly stop: AbortSignal;
  readonly hurry: AbortSignal;
}

/** What the process was given by its surroundings. */
export interface Environment {
  readonly home: string;
  readonly env: NodeJS.ProcessEnv;
}

export interface NarratedRun {
  readonly workspace: string;
  /** Whether an agent answers questions. Where a person does, the asker prints them whole. */
  readonly answersItself: boolean;
}

/** A workspace that is open for work. A chain of runs is written against this, so that a test can play the machine. */
export interface OpenWorkspace {
  /** Absolute. */
  readonly folder: string;
  /** Null without git. */
  readonly git: IgnoringWorkTree | null;
  /** Opens what runs checks on copies of the sources; absent or null: nothing can be checked here. */
  readonly checks?: () => Promise<CheckBench | null>;
  /** The work tree of a task, where the workspace is in one; absent or null: it is in none. */
  readonly tree?: TaskGround | null;
  /** The versions of the agents' programs, by provider. */
  readonly programs: Readonly<Record<string, string>>;
  readonly clock: Clock;
  readonly newRunId: () => string;
  /** Opens a run's folder for writing, made first where it is to be created. Rejects with a Problem of kind `state`. */
  openRun(run: PlannedRun, narrator: Narrator): Promise<OpenedRun>;
  /** The commands that operators leave for a run. */
  inbox(runId: string): Inbox;
  /** The agents that play the roles of a run. */
  agents(settings: Settings, runId: string): Promise<Readonly<Record<Role, Agent>>>;
  /** What the log of a run tells for going on with it; null: there is no event yet. */
  recorded(run: RunName): Promise<RecordedRun | null>;
  /** The request as a run's audit revised it; null: it did not. */
  revisedRequest(run: RunName): Promise<string | null>;
  /** Says what agents wrote where no checkpoint takes it; also since `unheard` (ms since 1970), where that is earlier than this start. */
  nameUncovered(unheard: number): Promise<void>;
}

export interface IgnoringWorkTree extends WorkTree {
  /** Whether git ignores a path of the workspace, and whether files of it are tracked all the same. */
  ignoreState(path: string): Promise<'visible' | 'ignored' | 'tracked'>;
}

export interface OpenedRun {
  readonly store: RunStore;
  /** The one that was handed in, which now also writes for whoever looks for a fault. */
  readonly narrator: Narrator;
  /** What had to be moved aside or mended. */
  readonly warnings: readonly string[];
  /** Waits, for some seconds at most, until whoever is to be told of the run has been. */
  readonly settle?: () => Promise<void>;
}
