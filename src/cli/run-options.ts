import type { Command } from 'commander';

/** The options by which a command names its run. */
export function withRunOptions(command: Command): Command {
  return command
    .option('--workspace <dir>', 'repository or folder of the run', '.')
    .option('--task-id <id>', 'the latest run of this task')
    .option('--run-id <id>', 'this run (default: the one at work, else the latest)');
}

/** The run that they name, in the workspace or the work tree that has it. */
export async function runQuery(command: Command) {
  return homeQuery(command, textOf(command, 'taskId'));
}

/** The same for a command that takes the task as its argument. */
export async function homeQuery(command: Command, taskId: string | null) {
  const { resolveWorkspace } = await import('../work/given-workspace.ts');
  const { homeOf } = await import('../work/worktrees/home.ts');
  const workspace = resolveWorkspace(textOf(command, 'workspace') ?? '.');
  const runId = textOf(command, 'runId');
  return { workspace: homeOf({ workspace, taskId, runId }), taskId, runId };
}

/** An option's value, which may also have been given before the command's name. */
function valueOf(command: Command, name: string): unknown {
  const holders = [command, command.parent].filter((one) => one?.getOptionValueSource(name) === 'cli');
  return holders[0]?.getOptionValue(name);
}

/** Null: not given. */
export function textOf(command: Command, name: string): string | null {
  const value = valueOf(command, name);
  return typeof value === 'string' ? value : null;
}

export function isGiven(command: Command, name: string): boolean {
  return valueOf(command, name) === true;
}
