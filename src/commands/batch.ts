import type { BatchRequest } from '../batch/prepare.ts';
import { runBatch } from '../batch/batch.ts';
import type { TaskRow } from '../batch/task-row.ts';
import { screenLine } from '../core/screen.ts';
import { aligned, fitted } from '../inspect/columns.ts';
import { duration } from '../inspect/duration.ts';
import { quoted } from '../core/shell-word.ts';
import { placeOption } from '../inspect/resume-command.ts';
import { print } from '../inspect/print.ts';
import { processEnvironment } from '../terminal/at-terminal.ts';
import { processScreen } from '../terminal/screen-output.ts';
import { listenForSignals } from '../terminal/signals.ts';

/** `autoloop batch`: works through many intents, and ends with a table. Resolves with the exit code: 0 only if every task succeeded. */
export async function batch(request: BatchRequest): Promise<number> {
  const screen = processScreen();
  const signals = listenForSignals(() => screen.note('[!] Stopping all tasks; a second signal does not wait.'));
  const { rows, code } = await runBatch(request, {
    ...signals,
    environment: processEnvironment(),
    openPr: async (taskId) => {
      const { pullRequestOf, pullRequestText } = await import('./pr.ts');
      const { workspace } = request;
      const wish = { workspace, taskId, isDraft: false, remote: null, force: false };
      const opened = await pullRequestOf(wish, (text) => screen.warn(text));
      return { url: opened.url, text: pullRequestText(opened) };
    },
    line: (text) => screen.line(text),
    warn: (text) => screen.warn(text),
  });
  await print(`\n${tableOf(rows).join('\n')}\n`, signals.stop);
  if (rows.some(({ goesOn }) => goesOn)) screen.err(`Go on: ${commandOf(request)}\n`);
  return code;
}

/** The same batch once more, as it can be pasted: it goes on with what is left. */
function commandOf({ workspace, places, parallel, merge, pr }: BatchRequest): string {
  const many = parallel === 1 ? [] : ['--parallel', String(parallel)];
  const words = ['batch', ...places, ...many, ...(merge ? ['--merge'] : []), ...(pr ? ['--pr'] : [])];
  return `autoloop ${words.map((word) => quoted(word)).join(' ')}${placeOption(workspace)}`;
}

const HEAD = ['task', 'status', 'code', 'took', 'cost', 'branch', ''];

function tableOf(rows: readonly TaskRow[]): string[] {
  const cells = rows.map(({ taskId, status, code, durationMs, costUsd, branch, note }) => [
    taskId,
    status,
    String(code),
    durationMs === 0 ? '' : duration(durationMs),
    costUsd === 0 ? '' : `$${costUsd.toFixed(2)}`,
    branch ?? '',
    screenLine(note ?? '', 200),
  ]);
  const columns = process.stdout.isTTY ? Math.max(60, process.stdout.columns) : Infinity;
  return aligned([HEAD, ...cells], new Set([2, 3, 4])).map((line) => fitted(line, columns));
}
