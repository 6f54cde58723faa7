import type { RunFilePaths } from '../inspect/run-file-paths.ts';

/** The papers of a run by the names that the page asks for, relative to the run's folder: request, decisions, artifacts. */
export function paperNames({ run, request, decisions, artifacts }: RunFilePaths): readonly string[] {
  return [request, ...artifacts, decisions].flatMap((file) => {
    if (file === null || !file.startsWith(`${run}/`)) return [];
    return [file.slice(run.length + 1)];
  });
}
