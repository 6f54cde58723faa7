import { type Command, InvalidArgumentError } from 'commander';
import type { Exit } from './exit.ts';
import { isGiven, runQuery, textOf } from './run-options.ts';

/** The commands that look at what a run committed. */
export function addHistory(program: Command, exit: Exit): void {
  withTask(program.command('checkpoints'))
    .description('list the commits of a run: what each holds, and what had been paid by then')
    .option('--json', 'as JSON')
    .action(async (task: string | undefined, _options: unknown, command: Command) => {
      const { checkpoints } = await import('./checkpoints.ts');
      exit.code = await checkpoints(await taskQuery(task, command), isGiven(command, 'json'));
    });
  withTask(program.command('diff'))
    .description('show what a run, or one turn of it, changed; never in a pager')
    .option('--turn <n>', 'of this turn alone', wholeNumber)
    .option('--from <n>', 'since this checkpoint, a number or a commit (default: since the baseline)')
    .option('--stat', 'the files and how much of each')
    .action(async (task: string | undefined, options: { turn?: number }, command: Command) => {
      const { diff } = await import('./diff.ts');
      const [from, stat] = [textOf(command, 'from'), isGiven(command, 'stat')];
      if (options.turn !== undefined && from !== null) command.error('error: --turn and --from exclude each other');
      exit.code = await diff({ ...(await taskQuery(task, command)), turn: options.turn ?? null, from, stat });
    });
}

function withTask(command: Command): Command {
  return command
    .argument('[task]', 'the latest run of this task')
    .option('--workspace <dir>', 'repository or folder of the run', '.')
    .option('--run-id <id>', 'this run (default: the one at work, else the latest)');
}

async function taskQuery(task: string | undefined, command: Command) {
  return { ...(await runQuery(command)), taskId: task ?? null };
}

function wholeNumber(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a whole number.');
}
