import type { CommandKind } from '../core/command.ts';
import { printDocument } from '../inspect/print.ts';
import { chooseRun } from '../inspect/run-view.ts';
import { send } from '../steer/send.ts';
import { fateOf } from '../steer/taken.ts';
import type { FoundRun, RunQuery } from '../store/tasks/lookup.ts';

export interface SteerRequest extends RunQuery {
  readonly kind: CommandKind | 'stop';
  readonly text: string | null;
  readonly asJson: boolean;
}

/** What `--json` prints (docs/json.md). */
interface SentDocument {
  readonly version: 1;
  readonly run_id: string;
  /** Of the command; null for a stop, which is no command that waits. */
  readonly id: string | null;
  readonly state: 'taken' | 'kept' | 'done';
}

/**
 * `autoloop note`, `pause`, `stop`, `answer`, `approve`, `reject`: tells a run something, and whether the process that works on it has
 * taken it. Where none does, what a run waits for is followed by its resume in this terminal, but not with `--json`. Resolves with the
 * exit code; rejects with a usage Problem where the run cannot take it.
 */
export async function steer({ workspace, kind, text, asJson, ...query }: SteerRequest): Promise<number> {
  const run = await chooseRun({ workspace, ...query });
  const { id, text: said } = await send(workspace, run, { kind, text, for: null, by: 'cli' });
  const fate = id === null ? null : await fateOf(workspace, run, id);
  const state = fate === null ? 'done' : fate === 'taken' ? 'taken' : 'kept';
  const document: SentDocument = { version: 1, run_id: run.runId, id, state };
  if (asJson) await printDocument(document);
  else process.stdout.write(`${state === 'taken' ? 'taken' : said}\n`);
  const goesOn = fate === 'left' && kind !== 'note' && kind !== 'pause';
  return asJson || !goesOn ? 0 : resume(workspace, run);
}

async function resume(workspace: string, { taskId, runId }: FoundRun): Promise<number> {
  const { atTerminal } = await import('../terminal/at-terminal.ts');
  const { resumeRun } = await import('../work/resume.ts');
  const request = { workspace, taskId, runId, answer: null, instruction: null, given: {} };
  return atTerminal(workspace, (io) => resumeRun(request, io));
}
