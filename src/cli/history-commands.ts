import { type Command, InvalidArgumentError } from 'commander';
import type { Exit } from './exit.ts';
import { homeQuery, isGiven, textOf } from './run-options.ts';

/** The commands that look at what a run committed, and that take it back. */
export function addHistory(program: Command, exit: Exit): void {
  withTask(program.command('checkpoints'))
    .description('list the commits of a run: what each holds, and what had been paid by then')
    .option('--json', 'as JSON')
    .action(async (task: string | undefined, _options: unknown, command: Command) => {
      const { checkpoints } = await import('../commands/checkpoints.ts');
      exit.code = await checkpoints(await taskQuery(task, command), isGiven(command, 'json'));
    });
  withTask(program.command('diff'))
    .description('show what a run, or one turn of it, changed; never in a pager')
    .option('--turn <n>', 'of this turn alone', wholeNumber)
    .option('--from <n>', 'since this checkpoint, a number or a commit (default: since the baseline)')
    .option('--stat', 'the files and how much of each')
    .action(async (task: string | undefined, options: { turn?: number }, command: Command) => {
      const { diff } = await import('../commands/diff.ts');
      const [from, stat] = [textOf(command, 'from'), isGiven(command, 'stat')];
      if (options.turn !== undefined && from !== null) command.error('error: --turn and --from exclude each other');
      exit.code = await diff({ ...(await taskQuery(task, command)), turn: options.turn ?? null, from, stat });
    });
  addUndo(program, exit);
  addClean(program, exit);
}

function addClean(program: Command, exit: Exit): void {
  program
    .command('clean')
    .description('remove what has had its time')
    .option('--workspace <dir>', 'repository', '.')
    .option('--history', 'snapshots of uncommitted files older than history.keep_days, or beyond the newest 50')
    .option('--dry-run', 'only tell what would go')
    .option('--json', 'as JSON')
    .action(async (_options: unknown, command: Command) => {
      const { resolveWorkspace } = await import('../work/given-workspace.ts');
      const { clean } = await import('../commands/clean.ts');
      const workspace = resolveWorkspace(textOf(command, 'workspace') ?? '.');
      const what = { history: isGiven(command, 'history'), isDry: isGiven(command, 'dryRun') };
      exit.code = await clean({ workspace, ...what }, isGiven(command, 'json'));
    });
}

function addUndo(program: Command, exit: Exit): void {
  withTask(program.command('undo'))
    .description('take a run back to a checkpoint, by a commit; your own changes stay')
    .option('--to <n>', 'to this checkpoint, a number or a commit')
    .option('--last', 'to before the last turn')
    .option('--undo', 'take the last undo back')
    .option('--dry-run', 'only tell what would go back, and what would stay')
    .option('--json', 'as JSON')
    .action(async (task: string | undefined, _options: unknown, command: Command) => {
      const { undo } = await import('../commands/undo.ts');
      const name = textOf(command, 'to');
      const wishes = [
        ...(name === null ? [] : [{ kind: 'to', name } as const]),
        ...(isGiven(command, 'last') ? [{ kind: 'last' } as const] : []),
        ...(isGiven(command, 'undo') ? [{ kind: 'undo' } as const] : []),
      ];
      const [wish] = wishes;
      if (wish === undefined || wishes.length > 1) command.error('error: give one of --to, --last and --undo');
      const isDry = isGiven(command, 'dryRun');
      exit.code = await undo({ ...(await taskQuery(task, command)), wish, isDry }, isGiven(command, 'json'));
    });
}

function withTask(command: Command): Command {
  return command
    .argument('[task]', 'the latest run of this task')
    .option('--workspace <dir>', 'repository or folder of the run', '.')
    .option('--run-id <id>', 'this run (default: the one at work, else the latest)');
}

async function taskQuery(task: string | undefined, command: Command) {
  return homeQuery(command, task ?? null);
}

function wholeNumber(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a whole number.');
}
