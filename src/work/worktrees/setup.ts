import path from 'node:path';
import { Problem } from '../../core/problem.ts';
import { screenLine } from '../../core/screen.ts';
import { stateFiles, taskFiles } from '../../store/layout.ts';
import { treeEnvironment } from './environment.ts';
import { readRecord, type TaskTree, writeRecord } from './record.ts';
import { runShell, type ShellEnd } from './shell.ts';

const MINUTES = 15;

/**
 * Prepares a work tree that is new, or in which that failed before. Rejects with a Problem of kind `state` where it fails; the work tree
 * stays.
 */
export async function setUp(
  tree: TaskTree,
  command: string | null,
  says: { readonly line: (text: string) => void; readonly warn: (text: string) => void },
): Promise<void> {
  const { admin, top } = tree;
  const record = readRecord(admin);
  if (command === null || record?.setup === undefined || record.setup === 'done') return;
  says.line(`[*] Setting up ${top}: ${screenLine(command, 400)}`);
  const { isPassed, how, last, durationMs } = await runIn(tree, command, 'setup');
  await writeRecord(admin, { ...record, setup: isPassed ? 'done' : 'failed', setupMs: durationMs });
  if (isPassed) return;
  for (const line of last) says.warn(screenLine(line, 400));
  throw new Problem(
    'state',
    `worktree.setup failed (${how})`,
    `Nothing was paid for, and ${top} stays. Mend it, then start the task again: the setup is run again.`,
  );
}

/** Before a work tree goes. Rejects with a Problem of kind `state` where it fails. */
export async function tearDown(tree: TaskTree, command: string | null): Promise<void> {
  if (command === null || !tree.isThere) return;
  const { isPassed, how, last } = await runIn(tree, command, 'teardown');
  if (isPassed) return;
  const said = last.length === 0 ? '' : `: ${screenLine(last.at(-1) ?? '', 400)}`;
  throw new Problem(
    'state',
    `worktree.teardown failed (${how})${said}; the work tree stays`,
    'It goes all the same with --force.',
  );
}

function runIn(tree: TaskTree, command: string, name: string): Promise<ShellEnd> {
  const { workspace, taskId } = tree;
  return runShell({
    command,
    workspace,
    env: { ...process.env, ...treeEnvironment(tree) },
    logFile: path.join(taskFiles(stateFiles(workspace), taskId).folder, 'turns', `${name}.log`),
    minutes: MINUTES,
  });
}
