import path from 'node:path';
import { recordedForm } from '../config/recorded.ts';
import type { Settings } from '../core/settings.ts';
import { readCarefully } from '../files/careful-read.ts';
import { isThere } from '../files/door.ts';
import { listFolder, remove } from '../files/folders.ts';
import { replaceFile } from '../files/replace.ts';
import { runLayout, type StateFiles, taskFiles } from '../store/layout.ts';
import { firstEvent } from '../store/log/log-reader.ts';
import { removeDraftsIn } from '../store/run/run-folder.ts';
import { taskIdsIn } from '../store/tasks/listing.ts';

/**
 * What a run was asked to begin with, as long as its log does not say it: a kill between the making of its folder and its first event
 * must not lose options. Kept where agents do not write.
 */
export interface OpeningRecord {
  /** As a log would have them, to be parsed like them; null: nothing is known. */
  read(): unknown;
  write(settings: Settings): Promise<void>;
  /** The log says it now. What the disk refuses of this is done by `tidyOpenings`. */
  drop(): void;
}

/** `machine`: the folder for what only this machine needs. */
export function openingRecord(machine: string, runId: string): OpeningRecord {
  const file = path.join(machine, FOLDER, `${runId}${ENDING}`);
  return {
    read() {
      try {
        return JSON.parse(readCarefully(file)?.toString() ?? 'null') as unknown;
      } catch {
        return null; // Torn by a power cut: as good as none.
      }
    },
    write: (settings) => replaceFile(file, `${JSON.stringify(recordedForm(settings))}\n`),
    drop: () => drop(file),
  };
}

/**
 * Removes what starts of this workspace that died left with the machine: records of runs that never came to be or whose log says it all,
 * and drafts of files. That of a run which a resume would still begin stays. The caller holds the workspace's lock. Never throws: it is
 * nobody's trouble, and the next start tries again.
 */
export function tidyOpenings(machine: string, state: StateFiles): void {
  const folder = path.join(machine, FOLDER);
  try {
    for (const left of [machine, folder]) removeDraftsIn(left);
    const runIds = listFolder(folder).flatMap(({ name }) =>
      name.endsWith(ENDING) ? [name.slice(0, -ENDING.length)] : [],
    );
    for (const runId of runIds) if (!isUnbegun(state, runId)) drop(path.join(folder, `${runId}${ENDING}`));
  } catch {
    // A folder that may not be read: whoever needs it says so.
  }
}

/** Whether the run has a folder, and no event. */
function isUnbegun(state: StateFiles, runId: string): boolean {
  const runs = taskIdsIn(state).map((taskId) => runLayout(taskFiles(state, taskId), runId));
  const run = runs.find((one) => isThere(one.run, 'folder'));
  return run !== undefined && firstEvent(run.events) === null; // A torn line is none.
}

function drop(file: string): void {
  try {
    remove(file);
  } catch {
    // Beside a log that says it, it is not looked at any more.
  }
}

/** Beside the heads of logs. */
const FOLDER = 'runs';
const ENDING = '.opening.json';
