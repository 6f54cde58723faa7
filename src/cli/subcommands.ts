import type { Command } from 'commander';
import type { Exit } from './exit.ts';

/** The commands beside the bare form. None of them changes what the bare form does. */
export function addSubcommands(program: Command, exit: Exit): void {
  program
    .command('demo')
    .description('run the whole loop on a small project, with a scripted agent: no account, no network')
    .option('--workspace <dir>', 'where to make the project (default: a temporary folder)')
    .action(async (options: { workspace?: string }) => {
      const { demo } = await import('./demo.ts');
      exit.code = await demo(options.workspace ?? null);
    });
}
