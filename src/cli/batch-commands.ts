import { type Command, InvalidArgumentError } from 'commander';
import type { Exit } from './exit.ts';
import { isGiven, textOf } from './run-options.ts';

const MOST_AT_ONCE = 8;

/** The commands for many tasks, and for what comes of one. */
export function addQueue(program: Command, exit: Exit): void {
  addBatch(program, exit);
  addPr(program, exit);
}

function addPr(program: Command, exit: Exit): void {
  program
    .command('pr')
    .description("push a task's branch and open a pull request for it, with the report as its text")
    .argument('<task>', 'a task with a work tree of its own')
    .option('--workspace <dir>', 'repository or folder of the task', '.')
    .option('--draft', 'as a draft')
    .option('--remote <name>', 'where to (default: origin, or the only one)')
    .option('--force', 'also where its run is no success')
    .action(async (taskId: string, _options: unknown, command: Command) => {
      const { resolveWorkspace } = await import('../work/given-workspace.ts');
      const { pr } = await import('../commands/pr.ts');
      exit.code = await pr({
        workspace: resolveWorkspace(textOf(command, 'workspace') ?? '.'),
        taskId,
        isDraft: isGiven(command, 'draft'),
        remote: textOf(command, 'remote'),
        force: isGiven(command, 'force'),
      });
    });
}

function addBatch(program: Command, exit: Exit): void {
  program
    .command('batch')
    .description('work through many requests, each file one task in a work tree of its own')
    .argument('<places...>', 'files that end in .md or .txt, or folders of them')
    .option('--workspace <dir>', 'repository or folder to work in', '.')
    .option('--parallel <n>', 'how many tasks at once, at most 8', atOnce, 1)
    .option('--merge', 'bring each task that succeeds into the branch that is checked out')
    .option('--pr', 'open a pull request for each task that succeeds')
    .action(async (places: string[], _options: unknown, command: Command) => {
      const { resolveWorkspace } = await import('../work/given-workspace.ts');
      const { batch } = await import('../commands/batch.ts');
      const { parallel } = command.opts<{ parallel: number }>();
      exit.code = await batch({
        workspace: resolveWorkspace(textOf(command, 'workspace') ?? '.'),
        places,
        parallel,
        merge: isGiven(command, 'merge'),
        pr: isGiven(command, 'pr'),
      });
    });
}

function atOnce(text: string): number {
  if (/^[1-9]\d{0,3}$/.test(text) && Number(text) <= MOST_AT_ONCE) return Number(text);
  throw new InvalidArgumentError(`A whole number from 1 to ${MOST_AT_ONCE} is accepted.`);
}
