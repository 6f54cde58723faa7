import type { Command } from 'commander';
import type { Exit } from './exit.ts';
import { isGiven, runQuery, textOf, withRunOptions } from './run-options.ts';
import type { ReportForm } from '../commands/run-report.ts';

/** The commands about checks and what they have shown. */
export function addEvidence(program: Command, exit: Exit): void {
  withRunOptions(program.command('report'))
    .description('tell what a run came to and what shows it, as Markdown')
    .option('--html', 'as a page')
    .option('--pr', 'as the body of a pull request')
    .option('--json', 'as JSON')
    .action(async (_options: unknown, command: Command) => {
      const forms = (['html', 'pr', 'json'] as const).filter((form) => isGiven(command, form));
      if (forms.length > 1) command.error('error: --html, --pr and --json exclude each other: give one of them');
      const form: ReportForm = forms[0] ?? 'markdown';
      const { printReport } = await import('../commands/run-report.ts');
      exit.code = await printReport(await runQuery(command), form);
    });
  program
    .command('checks')
    .description('list the checks of a project, and run each once on the last commit')
    .option('--workspace <dir>', 'repository or folder of the project', '.')
    .option('--write', 'write those that work into autoloop.yaml')
    .option('--json', 'as JSON')
    .action(async (_options: unknown, command: Command) => {
      const { resolveWorkspace } = await import('../work/given-workspace.ts');
      const { tryChecks } = await import('../commands/try-checks.ts');
      const how = { isWriting: isGiven(command, 'write'), asJson: isGiven(command, 'json') };
      exit.code = await tryChecks(resolveWorkspace(textOf(command, 'workspace') ?? '.'), how);
    });
}
