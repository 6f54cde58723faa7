import path from 'node:path';
import { UNPRINTABLE } from '../core/screen.ts';
import { quoted } from '../core/shell-word.ts';
import type { RunState } from '../core/state.ts';
import { isLive, type Standing } from './standing.ts';

export interface NamedRun {
  readonly workspace: string;
  readonly taskId: string;
  readonly runId: string;
}

/** The line that every end but success closes with, for people and scripts to run. */
export function resumeLine(workspace: string, { taskId, runId }: { taskId: string; runId: string }): string {
  return `Resume: autoloop --resume --task-id ${taskId} --run-id ${runId}${placeOption(workspace)}`;
}

/** The line of a start that left nothing to resume: the same command, as it can be pasted where a line may hold it. */
export function againLine(args: readonly string[]): string {
  const command = args.map((word) => quoted(word)).join(' ');
  const isFit = command.length <= LONGEST_COMMAND && command.search(UNPRINTABLE) === -1 && !command.includes('\n');
  return `Start again: ${isFit ? `autoloop ${command}` : 'give the same command once more'}`;
}

/** A request can be as long as a book. */
const LONGEST_COMMAND = 2000;

/** ` --workspace W`, or nothing in the workspace itself. */
export function placeOption(workspace: string): string {
  return workspace === process.cwd() ? '' : ` --workspace ${quoted(workspace)}`;
}

/** A file of a workspace as it can be opened from here. */
export function fileFromHere(workspace: string, file: string): string {
  return workspace === process.cwd() ? file : path.join(workspace, file);
}

/**
 * The command that goes on with a run, as it can be pasted; null where there is nothing to go on with, or somebody does already.
 * `cycles` as of `cyclesToGoOn`: without it the command would be refused.
 */
export function resumeCommand(run: NamedRun, standing: Standing, cycles: number | null): string | null {
  if (standing === 'success' || isLive(standing)) return null;
  const command = resumeLine(run.workspace, run).slice('Resume: '.length);
  return standing === 'failed' && cycles !== null ? `${command} --max-iterations ${cycles}` : command;
}

/** How many cycles a run must be given to go on; null: it has some left. */
export function cyclesToGoOn({ active, run }: RunState): number | null {
  return active !== null && active.cycle >= run.maxIterations ? active.cycle + 1 : null;
}

/** The command that answers the question of a paused run; `TEXT` stands for the answer. */
export function answerCommand(run: NamedRun): string {
  return `${resumeLine(run.workspace, run).slice('Resume: '.length)} --answer ${quoted('TEXT')}`;
}

/** The line with the command that answers the question of a run: `paused` (of `answerCommand`), or where null, of one that is at work. */
export function answerLine({ workspace, runId }: Pick<NamedRun, 'workspace' | 'runId'>, paused: string | null): string {
  return `Answer: ${paused ?? `autoloop answer 'TEXT' --run-id ${runId}${placeOption(workspace)}`}`;
}

/** The commands that decide on a plan that waits, and go on with its run; `TEXT` stands for what is to be otherwise. */
export function approvalLines({ workspace, runId }: Pick<NamedRun, 'workspace' | 'runId'>): readonly string[] {
  const which = `--run-id ${runId}${placeOption(workspace)}`;
  return [`Approve: autoloop approve ${which}`, `Send back: autoloop reject 'TEXT' ${which}`];
}
