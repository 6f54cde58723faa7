import path from 'node:path';
import { isThere } from '../files/door.ts';
import { isRunId, phaseKey } from '../core/ids.ts';
import { Problem } from '../core/problem.ts';
import { IMPLICIT_PHASE_ID } from '../core/phase-plan.ts';
import type { Scope } from '../core/vocabulary.ts';
import { STATE_FOLDER } from '../core/state-folder.ts';
import type { RunFiles } from '../run/store-port.ts';

/** The paths of a workspace's state. All absolute. */
export interface StateFiles {
  readonly workspace: string;
  readonly folder: string;
  readonly tasks: string;
  readonly lock: string;
  readonly gitignore: string;
}

/** The paths of one task. All absolute but `relative`. */
export interface TaskFiles {
  readonly taskId: string;
  readonly state: StateFiles;
  readonly folder: string;
  /** The folder relative to the workspace, `/`-separated. */
  readonly relative: string;
  readonly metadata: string;
  readonly rawLog: string;
  readonly decisions: string;
  readonly runs: string;
}

/** The paths of one run: what the loop is told, and what only the store uses. */
export interface RunLayout extends RunFiles {
  readonly runId: string;
  readonly task: TaskFiles;
  readonly metadata: string;
  readonly sessions: string;
  readonly diagnostics: string;
}

/** The state of `workspace` (an absolute path); `name` for the state root of an older release. */
export function stateFiles(workspace: string, name: string = STATE_FOLDER): StateFiles {
  const folder = path.join(workspace, name);
  return {
    workspace,
    folder,
    tasks: below(folder, 'tasks'),
    lock: below(folder, 'lock'),
    gitignore: below(folder, '.gitignore'),
  };
}

/** Throws a Problem for an id that is not one plain folder name. */
export function taskFiles(state: StateFiles, taskId: string): TaskFiles {
  if (!isTaskFolderName(taskId)) {
    throw new Problem(
      'usage',
      `task id ${JSON.stringify(taskId)} is not valid: letters, digits, ".", "_" and "-", at most 200, beginning with a letter or digit`,
    );
  }
  const folder = below(state.tasks, taskId);
  return {
    taskId,
    state,
    folder,
    relative: `${path.basename(state.folder)}/tasks/${taskId}`,
    metadata: below(folder, 'task.json'),
    rawLog: below(folder, 'raw_phase_log.md'),
    decisions: below(folder, 'decisions.txt'),
    runs: below(folder, 'runs'),
  };
}

/** Throws a Problem for an id that has not the form of a run id. */
export function runLayout(task: TaskFiles, runId: string): RunLayout {
  if (!isRunId(runId)) {
    throw new Problem(
      'usage',
      `run id ${JSON.stringify(runId)} is not valid: run-YYYYMMDDTHHMMSSZ-xxxxxxxx, eight hex digits at the end`,
    );
  }
  const run = below(task.runs, runId);
  const sessions = below(run, 'sessions');
  const artifacts = below(run, 'artifacts');
  return {
    workspace: task.state.workspace,
    runId,
    task,
    run,
    sessions,
    artifacts,
    metadata: below(run, 'run.json'),
    request: below(run, 'request.md'),
    events: below(run, 'events.jsonl'),
    rawLog: below(run, 'raw_phase_log.md'),
    decisions: below(run, 'decisions.txt'),
    turns: below(run, 'turns'),
    diagnostics: below(run, 'diagnostics.log'),
    session: (name) => path.join(sessions, `${sessionName(run, name)}.json`),
    artifactDir: (scope) => artifactDir(run, scope),
  };
}

/** A name in a folder whose path is in its simple form: of a thousand tasks some ten thousand are asked for, and `path.join` is slow. */
function below(folder: string, name: string): string {
  return `${folder}${path.sep}${name}`;
}

/** Whether `name` can be a task's folder: one path segment, not hidden, not climbing. */
export function isTaskFolderName(name: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._-]{0,199}$/.test(name);
}

/** `file` relative to `folder` with `/` separators: the form of paths inside the state. */
export function relativeTo(folder: string, file: string): string {
  return path.relative(folder, file).split(path.sep).join('/');
}

function artifactDir(run: string, { pair, phaseId }: Scope): string {
  const folder = path.join(run, 'artifacts', pair);
  if (pair === 'plan' || pair === 'audit') return folder;
  return path.join(folder, 'phases', folderOfPhase(run, phaseId ?? IMPLICIT_PHASE_ID));
}

/** The folder of a phase: where the run already has something under the plain id, be it artifacts or a session, that stays. */
function folderOfPhase(run: string, phaseId: string): string {
  return phaseKey(phaseId, (key) =>
    [
      path.join(run, 'artifacts', 'implement', 'phases', key),
      path.join(run, 'artifacts', 'test', 'phases', key),
      path.join(run, 'sessions', 'phases', `${key}.json`),
    ].some((place) => isThere(place)),
  );
}

function sessionName(run: string, name: string): string {
  const phase = /^phases\/(?<key>[a-z0-9_][a-z0-9._-]*?)(?<role>\.(?:producer|verifier))?$/.exec(name)?.groups;
  if (phase?.key === undefined) {
    if (/^(?:plan|audit)(?:\.(?:producer|verifier))?$/.test(name)) return name;
    throw new Error(`not the name of a session: ${JSON.stringify(name)}`);
  }
  const encoded = /^_pid-(?<hex>(?:[0-9a-f]{2})+)$/.exec(phase.key)?.groups?.hex;
  if (encoded === undefined) return name;
  const folder = folderOfPhase(run, Buffer.from(encoded, 'hex').toString('utf8'));
  return `phases/${folder}${phase.role ?? ''}`;
}
