import path from 'node:path';
import { newSession } from '../../core/session.ts';
import type { RunState } from '../../core/state.ts';
import { formatTimestamp } from '../../core/time.ts';
import type { ProviderName } from '../../core/vocabulary.ts';
import { stateDisk } from '../disk/disk.ts';
import type { StateDisk } from '../disk/disk.ts';
import { readState } from '../log/event-log.ts';
import { isThere } from '../../files/door.ts';
import { guardPath } from '../disk/guard.ts';
import { jsonText, peekJson } from '../disk/json-files.ts';
import type { JsonObject } from '../disk/json-files.ts';
import { relativeTo, runLayout, stateFiles, taskFiles } from '../layout.ts';
import type { RunLayout } from '../layout.ts';
import type { FoundRun } from '../tasks/lookup.ts';
import { sessionFrom } from '../run/run-documents.ts';
import { carryArtifacts } from './carry.ts';
import { recoverRequest } from './recover-request.ts';

export interface RunToFill {
  readonly disk: StateDisk;
  /** Where the run's files are. */
  readonly layout: RunLayout;
  /** Its folder as run.json is to name it: relative to the workspace, where the run will be in the end. */
  readonly relative: string;
  readonly now: Date;
}

/**
 * Gives a run of a release before run.json what a run has today, as far as it lacks it: request, sessions, artifacts, decisions,
 * and at last run.json, which says that the rest is there. May be done again after a crash. No file that exists is changed, but
 * for what the ledgers gain. Resolves with what there is to tell the operator, one line each.
 */
export async function fillRun(run: RunToFill): Promise<readonly string[]> {
  const { disk, layout } = run;
  if ((await disk.read(layout.metadata)) !== null) return [];
  guardPath(layout.task.state, layout.events);
  const state = await readState(layout.events);
  if (state.run.settings !== null) return []; // This program's own: opening it mends what is missing.
  const lines = [...(await recoverRequest(disk, layout))];
  await fillSessions(run, state);
  const carried = await carryArtifacts(layout, state);
  if (carried.length > 0)
    lines.push(`the task's notes and feedback went to the run's artifacts: ${carried.join(', ')}`);
  if (state.at === 'unborn') return lines; // With which provider it begins, today's configuration says.
  await disk.create(layout.decisions, (await disk.read(layout.task.decisions)) ?? '');
  await disk.create(layout.metadata, jsonText(await metadata(run, state)));
  return lines;
}

/** The run's only session, before there was one for each phase, is that of the plan. */
async function fillSessions({ disk, layout, now }: RunToFill, state: RunState): Promise<void> {
  const single = path.join(layout.run, 'session.json');
  guardPath(layout.task.state, single);
  guardPath(layout.task.state, layout.session('plan'));
  const document = await peekJson(single);
  const created = state.run.createdAt ?? formatTimestamp(now);
  if (document !== null) {
    const session = sessionFrom(document);
    await disk.create(layout.session('plan'), jsonText({ ...session, created_at: session.created_at || created }));
  } else if (state.at !== 'unborn') {
    const provider = await recordedProvider(layout);
    await disk.create(layout.session('plan'), jsonText(newSession(provider, created)));
  }
}

async function metadata({ layout, relative, now }: RunToFill, state: RunState): Promise<JsonObject> {
  const plan = path.join(layout.artifacts, 'plan', 'phase_plan.yaml');
  guardPath(layout.task.state, layout.task.metadata);
  const phases = phaseKeys((await peekJson(layout.task.metadata)) ?? {}, layout.runId);
  return {
    run_id: layout.runId,
    created_at: state.run.createdAt ?? formatTimestamp(now),
    request_file: `${relative}/request.md`,
    artifacts_dir: `${relative}/artifacts`,
    provider: await recordedProvider(layout),
    ...(isThere(plan) ? { phase_plan_path: `${relative}/artifacts/plan/phase_plan.yaml`, phase_plan_version: 1 } : {}),
    ...phases,
  };
}

/** What task.json says of this run's phases: it spoke of the run that selected phases last. */
function phaseKeys(task: JsonObject, runId: string): JsonObject {
  const { active_phase_selection, phase_status, phase_history } = task;
  if ((active_phase_selection as { run_id?: unknown } | null | undefined)?.run_id !== runId) return {};
  const history = Array.isArray(phase_history)
    ? phase_history.filter((entry) => (entry as { run_id?: unknown } | null)?.run_id === runId)
    : [];
  return { active_phase_selection, phase_status, phase_history: history };
}

/**
 * The provider of a run whose log has no settings: what run.json says, else its plan session; releases that wrote neither knew
 * only codex. Reads only.
 */
export async function recordedProvider(layout: RunLayout): Promise<ProviderName> {
  const stated = (await peekJson(layout.metadata))?.provider;
  if (typeof stated === 'string') return stated as ProviderName;
  return sessionFrom((await peekJson(layout.session('plan'))) ?? {}).provider;
}

/**
 * Makes a run in `.autoloop` that an older release began ready to go on where it is (`fillRun`); nothing happens to one of
 * today's. Resolves with what there is to tell the operator, one line each. The caller holds the workspace's lock.
 */
export async function adoptRun(workspace: string, found: FoundRun, now = new Date()): Promise<readonly string[]> {
  const state = stateFiles(workspace);
  const layout = runLayout(taskFiles(state, found.taskId), found.runId);
  return fillRun({ disk: stateDisk(state), layout, relative: relativeTo(workspace, layout.run), now });
}
