import type { RunState } from '../core/state.ts';
import type { SettingChange, Settings } from '../core/settings.ts';
import type { Opening } from '../run/drive.ts';

/** Which run of a workspace. */
export interface RunName {
  readonly taskId: string;
  readonly runId: string;
}

/**
 * A run to be worked on: which one, what `run_started` or `run_resumed` will tell of it, and what it is given on its way. What is
 * given (`answer`, `instruction`) is for this run alone: `newRun` and `recordedRun` make every run, and neither knows another's. The
 * chain passes on what a run that had handed over could not take.
 */
export interface PlannedRun extends Omit<Opening, 'version' | 'recorded' | 'programs'>, RunName {
  /** What it is created with, a null request where nobody gave one; null: the run exists. */
  readonly create: { readonly request: string | null } | null;
  /** The answer to the question that the run waits for; null: none was given. */
  readonly answer: string | null;
}

/** What a run's log tells for going on with it. */
export interface RecordedRun {
  readonly state: RunState;
  readonly settings: Settings;
  readonly changedSettings: readonly SettingChange[];
}

/** What the operator gave a run with its resume. */
type Given = Pick<PlannedRun, 'instruction' | 'answer' | 'accept' | 'acceptConfig' | 'reloadChecks'>;
const NOTHING_GIVEN: Given = { instruction: null, answer: null, accept: [], acceptConfig: false, reloadChecks: false };

/** A run without events. `lineage` is that of a follow-up; the first run of a chain has none. */
export function newRun(
  { taskId, runId }: RunName,
  { settings, create }: Pick<PlannedRun, 'settings' | 'create'>,
  lineage: Pick<PlannedRun, 'parentRunId' | 'depth' | 'spentBefore' | 'chainBase'> = {
    parentRunId: null,
    depth: 0,
    spentBefore: null,
  },
): PlannedRun {
  return { taskId, runId, settings, create, ...lineage, changedSettings: [], ...NOTHING_GIVEN };
}

/** A run that goes on where its log ends. `given`: what the operator gave it. */
export function recordedRun(
  { taskId, runId }: RunName,
  { state, settings, changedSettings }: RecordedRun,
  given: Given = NOTHING_GIVEN,
): PlannedRun {
  const { parentRunId, depth, spentBefore } = state.run;
  return {
    taskId,
    runId,
    settings,
    create: null,
    parentRunId,
    depth,
    spentBefore,
    changedSettings,
    ...given,
  };
}
