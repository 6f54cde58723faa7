import { Argument, type Command } from 'commander';
import type { Exit } from './exit.ts';
import { isGiven, textOf } from './run-options.ts';

/** The commands for tasks that have a work tree and a branch of their own. */
export function addWorktrees(program: Command, exit: Exit): void {
  addWorktree(program, exit);
  addMerge(program, exit);
}

function addWorktree(program: Command, exit: Exit): void {
  program
    .command('worktree')
    .addArgument(new Argument('<action>', 'what to do with them').choices(['list', 'remove', 'clean']))
    .argument('[task]', 'for remove: whose work tree goes')
    .description('list the work trees of tasks, remove one, or all that are merged and clean')
    .option('--workspace <dir>', 'repository', '.')
    .option('--force', 'with remove: also what is not merged, or not committed; that is kept')
    .option('--dry-run', 'with clean: only tell what would go')
    .option('--json', 'as JSON')
    .action(
      async (action: 'list' | 'remove' | 'clean', task: string | undefined, _options: unknown, command: Command) => {
        const { resolveWorkspace } = await import('../work/given-workspace.ts');
        const { worktree } = await import('../commands/worktree.ts');
        const workspace = resolveWorkspace(textOf(command, 'workspace') ?? '.');
        const [force, isDry, asJson] = ['force', 'dryRun', 'json'].map((name) => isGiven(command, name));
        const refuse = (what: string) => command.error(`error: ${what}`);
        if (action === 'remove' && task === undefined) refuse('remove needs the task: autoloop worktree remove TASK');
        if (action !== 'remove' && task !== undefined) refuse(`${action} takes no task`);
        if (action !== 'remove' && force === true) refuse('--force goes with remove');
        if (action !== 'clean' && isDry === true) refuse('--dry-run goes with clean');
        exit.code = await worktree(
          { action, workspace, taskId: task ?? '', force: force === true, isDry: isDry === true },
          asJson === true,
        );
      },
    );
}

const STRATEGIES = ['squash', 'no-ff', 'ff-only', 'rebase'] as const;

function addMerge(program: Command, exit: Exit): void {
  program
    .command('merge')
    .argument('<task>', 'a task with a work tree of its own')
    .description('bring the work of a task’s branch into yours; conflicts change nothing')
    .option('--workspace <dir>', 'repository', '.')
    .option('--squash', 'as one commit (what merge.strategy says if it says nothing else)')
    .option('--no-ff', 'as a merge commit')
    .option('--ff-only', 'only where your branch has nothing of its own')
    .option('--rebase', 'each commit again, on top of yours')
    .option('--into <branch>', 'the branch that gets it (default: the one that is checked out)')
    .option('--agent', 'let an agent resolve conflicts, in the task’s work tree')
    .option('--force', 'also where its latest run is no success')
    .option('--json', 'as JSON')
    .action(async (taskId: string, options: Readonly<Record<string, unknown>>, command: Command) => {
      const { resolveWorkspace } = await import('../work/given-workspace.ts');
      const { merge } = await import('../commands/merge.ts');
      const given: Readonly<Record<string, unknown>> = { ...options, noFf: options['ff'] === false };
      const ways = STRATEGIES.filter((way) => given[ATTRIBUTES[way]] === true);
      if (ways.length > 1) command.error(`error: --${ways.join(' and --')} exclude each other: give one of them`);
      const [force, byAgent, asJson] = [isGiven(command, 'force'), isGiven(command, 'agent'), isGiven(command, 'json')];
      if (byAgent && asJson) command.error('error: --agent tells what it does: it goes without --json');
      const workspace = resolveWorkspace(textOf(command, 'workspace') ?? '.');
      const request = { workspace, taskId, into: textOf(command, 'into'), force, strategy: ways[0] ?? null };
      exit.code = await merge(request, { asJson, byAgent });
    });
}

const ATTRIBUTES = { squash: 'squash', 'no-ff': 'noFf', 'ff-only': 'ffOnly', rebase: 'rebase' } as const;
