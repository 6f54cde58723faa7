import path from 'node:path';
import type { Supervised } from '../../checks/processes.ts';
import { Problem } from '../../core/problem.ts';
import { screenLine } from '../../core/screen.ts';
import { stateFiles, taskFiles } from '../../store/layout.ts';
import type { Io } from '../ports.ts';
import { treeEnvironment } from './environment.ts';
import { readRecord, type TaskTree, writeRecord } from './record.ts';
import { runShell, runShellUnder } from './shell.ts';

const MINUTES = 15;

/** What a setup is run with. */
export interface SetupTools {
  readonly processes: Supervised;
  readonly io: Pick<Io, 'line' | 'warn' | 'stop' | 'hurry' | 'environment'>;
}

/**
 * Prepares a work tree that is new, or in which that failed or was broken off before. What it says is kept below `turns`. Rejects with a
 * Problem of kind `state` where it fails; the work tree stays. Resolves where it was stopped.
 */
export async function setUp(
  tree: TaskTree,
  { command, turns }: { readonly command: string | null; readonly turns: string },
  { processes, io }: SetupTools,
): Promise<void> {
  const { admin, workspace, top } = tree;
  const record = readRecord(admin);
  if (command === null || record?.setup === undefined || record.setup === 'done') return;
  io.line(`[*] Setting up ${top}: ${screenLine(command, 400)}`);
  const env = { ...io.environment.env, ...treeEnvironment(tree) };
  const shell = { command, workspace, env, logFile: path.join(turns, 'setup.log'), minutes: MINUTES, signals: io };
  const { isPassed, isStopped, how, last, durationMs } = await runShellUnder(processes, shell);
  if (isStopped) return;
  await writeRecord(admin, { ...record, setup: isPassed ? 'done' : 'failed', setupMs: durationMs });
  if (isPassed) return;
  for (const line of last) io.warn(screenLine(line, 400));
  throw new Problem(
    'state',
    `worktree.setup failed (${how})${saidLast(last)}`,
    `Nothing was paid for, and ${top} stays. Mend it, then resume the run: the setup is run again.`,
  );
}

/** Before a work tree goes. Rejects with a Problem of kind `state` where it fails. */
export async function tearDown(tree: TaskTree, command: string | null): Promise<void> {
  if (command === null || !tree.isThere) return;
  const { workspace, taskId } = tree;
  const { isPassed, how, last } = await runShell({
    command,
    workspace,
    env: { ...process.env, ...treeEnvironment(tree) },
    logFile: path.join(taskFiles(stateFiles(workspace), taskId).folder, 'turns', 'teardown.log'),
    minutes: MINUTES,
  });
  if (isPassed) return;
  throw new Problem(
    'state',
    `worktree.teardown failed (${how})${saidLast(last)}; the work tree stays`,
    'It goes all the same with --force.',
  );
}

function saidLast(last: readonly string[]): string {
  return last.length === 0 ? '' : `: ${screenLine(last.at(-1) ?? '', 400)}`;
}
