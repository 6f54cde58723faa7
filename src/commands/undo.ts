import { print, printDocument } from '../inspect/print.ts';
import { placeOption, resumeLine } from '../inspect/resume-command.ts';
import { undoRun, type UndoReport, type UndoRequest } from '../work/undo.ts';
import { processScreen } from '../terminal/screen-output.ts';

/** `autoloop undo`: takes a run back to an earlier state. Resolves with exit code 0 when it did, or told what it would do. */
export async function undo(request: UndoRequest, asJson: boolean): Promise<number> {
  const report = await undoRun(request, (text) => processScreen().warn(text));
  if (asJson) await printDocument(documentOf(report));
  else await print(textOf(report, request.workspace));
  return 0;
}

/** What `--json` prints: docs/json.md. */
function documentOf(report: UndoReport) {
  const { taskId, runId, number, checkpoint, isDry, back, kept, artifacts, commit, snapshot } = report;
  const ids = { version: 1, task_id: taskId, run_id: runId } as const;
  return { ...ids, dry_run: isDry, number, checkpoint, back, kept, artifacts, commit, snapshot };
}

const MOST_LISTED = 20;

function textOf(report: UndoReport, workspace: string): string {
  const { number, checkpoint, isDry, back, kept, artifacts, commit, snapshot } = report;
  const where = `${number === null ? 'the state before' : `checkpoint ${number}`} (${checkpoint.slice(0, 10)})`;
  const lines = [
    `[*] ${isDry ? 'Would go' : 'Went'} back to ${where}`,
    ...list(`${count(back.length)} ${isDry ? 'would go' : 'went'} back`, back),
    ...list(
      `${count(kept.length)} ${isDry ? 'would stay' : 'stayed'}`,
      kept.map(({ path, why }) => `${path} (${why})`),
    ),
  ];
  if (!artifacts) lines.push('[*] The artifacts of the run are as they were, or in no commit: they stay');
  if (commit !== null) lines.push(`[*] Commit ${commit.slice(0, 10)}, on top of what was there`);
  if (snapshot !== null) lines.push(`[*] What was not committed is kept as ${snapshot}`);
  if (!isDry)
    lines.push(
      `Take it back: autoloop undo ${report.taskId} --undo --run-id ${report.runId}${placeOption(workspace)}`,
      resumeLine(workspace, report),
    );
  return `${lines.join('\n')}\n`;
}

function list(head: string, paths: readonly string[]): string[] {
  if (paths.length === 0) return [];
  const more = paths.length - MOST_LISTED;
  const shown = paths.slice(0, MOST_LISTED).map((path) => `      ${path}`);
  return [`    ${head}:`, ...shown, ...(more > 0 ? [`      and ${more} more`] : [])];
}

function count(files: number): string {
  return files === 1 ? '1 file' : `${files} files`;
}
