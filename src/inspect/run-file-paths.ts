import path from 'node:path';
import { PAIRS } from '../core/vocabulary.ts';
import { isThere } from '../files/door.ts';
import { filesBelow } from '../files/folders.ts';
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

export function runFiles(layout: RunLayout, turnLog: string | null): RunFilePaths {
  const shown = (file: string) => (isThere(file) ? relativeTo(layout.workspace, file) : null);
  return {
    run: relativeTo(layout.workspace, layout.run),
    request: shown(layout.request),
    events: shown(layout.events),
    raw_log: shown(layout.rawLog),
    decisions: shown(layout.decisions),
    diagnostics: shown(layout.diagnostics),
    turn_log: turnLog !== null && isThere(path.join(layout.workspace, turnLog)) ? turnLog : null,
    artifacts: artifactsOf(layout),
  };
}

/** Sorted. The first releases kept them with the task. */
function artifactsOf(layout: RunLayout): string[] {
  const ofRun = filesBelow(layout.artifacts);
  const folders = ofRun.length > 0 ? [] : PAIRS.map((pair) => path.join(layout.task.folder, pair));
  const files = [...ofRun, ...folders.flatMap((folder) => filesBelow(folder))];
  return files.map((file) => relativeTo(layout.workspace, file)).sort();
}
