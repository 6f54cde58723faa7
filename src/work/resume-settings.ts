import { lookAt } from '../files/door.ts';
import { machineFolder } from '../files/places.ts';
import type { CommandLineOptions } from '../config/command-line.ts';
import { settingsDifference } from '../config/difference.ts';
import type { Surroundings } from '../config/load.ts';
import { parseSettings } from '../config/recorded.ts';
import { runDefaults, runLayer } from '../config/run-layer.ts';
import { Problem } from '../core/problem.ts';
import type { SettingsInForce } from '../core/settings.ts';
import { type ProviderName, PROVIDER_NAMES } from '../core/vocabulary.ts';
import { badLine } from '../store/log/log-reader.ts';
import { readState, refuseNewer } from '../store/log/event-log.ts';
import { runLayout, stateFiles, taskFiles } from '../store/layout.ts';
import { recordedProvider } from '../store/legacy/fill-run.ts';
import { openingRecord } from './opening-record.ts';
import type { RecordedRun, RunName } from './planned-run.ts';
import { resolveSettings } from './settings.ts';

export interface ResumeSettings extends RecordedRun {
  readonly settings: SettingsInForce;
  /** See `riskyLines`. */
  readonly risky: readonly string[];
  readonly warnings: readonly string[];
}

export interface RunToResume extends RunName {
  /** The state that holds the run; by default this program's own. */
  readonly root?: 'autoloop' | 'superloop';
  readonly given: CommandLineOptions;
  /** Its checks are today's, not those that it was started with. */
  readonly reloadChecks?: boolean;
}

/**
 * The settings with which a run goes on (docs/loop.md, resuming): its own pairs, cycles, phases, depth and provider, today's
 * configuration for the rest, options over both. Null: the run has no event yet, and is started with today's configuration.
 */
export async function resumeSettings(
  sources: Surroundings,
  { taskId, runId, root = 'autoloop', given, reloadChecks = false }: RunToResume,
): Promise<ResumeSettings | null> {
  const layout = runLayout(taskFiles(stateFiles(sources.workspace, `.${root}`), taskId), runId);
  if (lookAt(layout.events) === null) return null;
  const state = await readState(layout.events);
  if (state.seq > 0 && state.run.runId === null) badLine(layout.events, 1, 'does not start a run');
  if (state.at === 'unborn') return null;
  refuseNewer(state);
  const recorded = parseSettings(state.run.settings);
  if (recorded === null && state.run.settings !== null) refuseSettings(layout.events, runId);
  const provider = recorded?.provider.name ?? known(await recordedProvider(layout), runId);
  const { pairs, maxIterations, useGit } = state.run;
  const run = { provider, pairs, maxIterations, useGit, recorded, reloadChecks };
  const { settings, warnings, risky } = await settingsOfRun(sources, given, run);
  return {
    state,
    settings,
    changedSettings: recorded === null ? [] : settingsDifference(recorded, settings),
    warnings,
    risky,
  };
}

/** What a run is bound to would else be given up in silence for what today's files say. */
function refuseSettings(log: string, runId: string): never {
  throw new Problem(
    'state',
    `${log} has settings of run ${runId} with a value that no release writes; nothing was guessed or skipped`,
    'Restore the file from git or a backup, or mend that line, then resume.',
  );
}

/** Those of a run that has no event yet: what it was asked to begin with where that is known, else today's. */
export async function unbegunSettings(sources: Surroundings, { runId, given }: Pick<RunToResume, 'runId' | 'given'>) {
  const recorded = parseSettings(openingRecord(machineFolder(sources.workspace), runId).read());
  if (recorded === null) return resolveSettings(sources, given);
  const { pairs, maxIterations, useGit } = recorded.runtime;
  return settingsOfRun(sources, given, { provider: recorded.provider.name, pairs, maxIterations, useGit, recorded });
}

/** Today's configuration with what is the run's own; phases are selected once. */
async function settingsOfRun(sources: Surroundings, given: CommandLineOptions, run: Parameters<typeof runLayer>[0]) {
  const resolved = await resolveSettings(sources, given, { under: [runDefaults(run)], over: [runLayer(run)] });
  const runtime = { ...resolved.settings.runtime, phaseId: run.recorded?.runtime.phaseId ?? null };
  return { ...resolved, settings: { ...resolved.settings, runtime } };
}

function known(provider: string, runId: string): ProviderName {
  const name = PROVIDER_NAMES.find((one) => one === provider);
  if (name !== undefined) return name;
  throw new Problem(
    'state',
    `run ${runId} is the work of the provider ${provider}, and this release knows ${PROVIDER_NAMES.join(', ')}`,
    'Resume it with the release that wrote it, or start a new run of the task.',
  );
}
