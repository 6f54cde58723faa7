import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { PAIRS } from '../core/vocabulary.ts';
import { isMissing } from '../files/disk-problem.ts';
import { relativeTo, type RunLayout } from '../store/layout.ts';

/** Where the files of a run are, relative to the workspace and `/`-separated. Those that are not there are null or left out. */
export interface RunFilePaths {
  readonly run: string;
  readonly request: string | null;
  readonly events: string | null;
  readonly raw_log: string | null;
  readonly decisions: string | null;
  readonly diagnostics: string | null;
  /** Of the last turn of the pair that is open. */
  readonly turn_log: string | null;
  readonly artifacts: readonly string[];
}

export async function runFiles(layout: RunLayout, turnLog: string | null): Promise<RunFilePaths> {
  const shown = (file: string) => (existsSync(file) ? relativeTo(layout.workspace, file) : null);
  return {
    run: relativeTo(layout.workspace, layout.run),
    request: shown(layout.request),
    events: shown(layout.events),
    raw_log: shown(layout.rawLog),
    decisions: shown(layout.decisions),
    diagnostics: shown(layout.diagnostics),
    turn_log: turnLog !== null && existsSync(path.join(layout.workspace, turnLog)) ? turnLog : null,
    artifacts: await artifactsOf(layout),
  };
}

/** Sorted. The first releases kept them with the task. */
async function artifactsOf(layout: RunLayout): Promise<string[]> {
  const ofRun = await filesBelow(layout.artifacts);
  const folders = ofRun.length > 0 ? [] : PAIRS.map((pair) => path.join(layout.task.folder, pair));
  const files = [...ofRun, ...(await Promise.all(folders.map(filesBelow))).flat()];
  return files.map((file) => relativeTo(layout.workspace, file)).sort();
}

async function filesBelow(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}
