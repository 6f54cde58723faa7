import { Argument, type Command, InvalidArgumentError, Option } from 'commander';
import { INITIAL_PROVIDERS, PERMISSIONS } from '../config/initial-choices.ts';
import { addQueue } from './batch-commands.ts';
import { addEvidence } from './evidence-commands.ts';
import type { Exit } from './exit.ts';
import { isGiven, runQuery, textOf, withRunOptions } from './run-options.ts';
import { addHistory } from './history-commands.ts';
import { printHelp } from './help.ts';
import type { SkillOptions } from '../commands/skill.ts';
import { addSteering } from './steering-commands.ts';
import { addWorktrees } from './worktree-commands.ts';
import type { Shell } from './completion-scripts.ts';

/** The commands beside the bare form. None of them changes what the bare form does. */
export function addSubcommands(program: Command, exit: Exit): void {
  addDemo(program, exit);
  addInit(program, exit);
  addStatus(program, exit);
  addLogs(program, exit);
  addServe(program, exit);
  addMcp(program, exit);
  addHistory(program, exit);
  addQueue(program, exit);
  addWorktrees(program, exit);
  addEvidence(program, exit);
  addSteering(program, exit);
  addDoctor(program, exit);
  addSkill(program, exit);
  addCompletion(program);
  addHelp(program);
}

function addDemo(program: Command, exit: Exit): void {
  program
    .command('demo')
    .description('run the whole loop on a small project, with a scripted agent: no account, no network')
    .option('--workspace <dir>', 'where to make the project (default: a temporary folder)')
    .action(async (options: { workspace?: string }) => {
      const { demo } = await import('../commands/demo.ts');
      exit.code = await demo(options.workspace ?? null);
    });
}

function addInit(program: Command, exit: Exit): void {
  program
    .command('init')
    .description('choose an agent and what it may do, and write autoloop.yaml')
    .option('--workspace <dir>', 'repository or folder to write it in', '.')
    .addOption(new Option('--provider <name>', 'the agent').choices(INITIAL_PROVIDERS))
    .addOption(new Option('--permissions <what>', 'what it may do').choices(PERMISSIONS))
    .option('-y, --yes', 'ask nothing: what is not given is chosen')
    .action(async (_options: unknown, command: Command) => {
      const { resolveWorkspace } = await import('../work/given-workspace.ts');
      const { init } = await import('../commands/init.ts');
      exit.code = await init(resolveWorkspace(textOf(command, 'workspace') ?? '.'), command.opts());
    });
}

function addStatus(program: Command, exit: Exit): void {
  withRunOptions(program.command('status'))
    .description('tell where a run stands, also while it works')
    .option('--json', 'as JSON')
    .action(async (_options: unknown, command: Command) => {
      const { status } = await import('../commands/status.ts');
      exit.code = await status(await runQuery(command), isGiven(command, 'json'));
    });
}

function addLogs(program: Command, exit: Exit): void {
  withRunOptions(program.command('logs'))
    .description("show a run's turns, events and agents' texts")
    .option('-f, --follow', 'go on while the run does, and into its follow-up runs')
    .option('--tail <n>', 'of what is there already, the last n entries alone', entriesOf)
    .option('--since <time>', 'leave out what was over before: 10m, 2h, 3d, or a time such as 2026-11-28T09:00')
    .option('--json', 'as JSON, an object a line')
    .action(async (options: { tail?: number }, command: Command) => {
      const { logs } = await import('../commands/logs.ts');
      const part = { tail: options.tail ?? null, since: await sinceOf(command) };
      const how = { isFollowing: isGiven(command, 'follow'), asJson: isGiven(command, 'json'), part };
      exit.code = await logs({ ...(await runQuery(command)), ...how });
    });
}

function entriesOf(text: string): number {
  if (!/^\d{1,6}$/.test(text)) throw new InvalidArgumentError('A whole number is accepted.');
  return Number(text);
}

async function sinceOf(command: Command): Promise<number | null> {
  const text = textOf(command, 'since');
  if (text === null) return null;
  const { momentOf } = await import('../inspect/log-selection.ts');
  const moment = momentOf(text, Date.now());
  if (moment !== null) return moment;
  return command.error(
    `error: option '--since <time>' argument '${text}' is invalid. 90s, 10m, 2h, 3d, a date or a time such as 2026-11-28T09:00 is accepted.`,
  );
}

function addServe(program: Command, exit: Exit): void {
  program
    .command('serve')
    .description('serve a page that shows the runs of a workspace and steers them')
    .option('--workspace <dir>', 'repository or folder to watch', '.')
    .option('--port <n>', 'port to listen on; 0: a free one', portOf, 0)
    .option('--host <name>', 'address to listen on', '127.0.0.1')
    .option('--allowed-host <name[:port]>', 'a name under which a proxy or tunnel reaches it; repeatable', collect, [])
    .option('--token-file <file>', 'keep the token there, so that the address stays the same')
    .option('--read-only', 'only show')
    .option('--open', 'open it in your browser, too')
    .action(async (_options: unknown, command: Command) => {
      const { resolveWorkspace } = await import('../work/given-workspace.ts');
      const { serve } = await import('../commands/serve.ts');
      const { port, host, allowedHost } = command.opts<{ port: number; host: string; allowedHost: string[] }>();
      exit.code = await serve({
        workspace: resolveWorkspace(textOf(command, 'workspace') ?? '.'),
        port,
        host,
        allowedHosts: allowedHost,
        tokenFile: textOf(command, 'tokenFile'),
        isReadOnly: isGiven(command, 'readOnly'),
        opens: isGiven(command, 'open'),
      });
    });
}

function addMcp(program: Command, exit: Exit): void {
  program
    .command('mcp')
    .description('let an agent start, watch and steer runs, by the Model Context Protocol on standard input and output')
    .option('--workspace <dir>', 'repository or folder of the runs', '.')
    .option('--allow-approve', 'the agent may approve plans, too')
    .option('--read-only', 'only show')
    .action(async (_options: unknown, command: Command) => {
      const { resolveWorkspace } = await import('../work/given-workspace.ts');
      const { mcp } = await import('../commands/mcp.ts');
      exit.code = await mcp({
        workspace: resolveWorkspace(textOf(command, 'workspace') ?? '.'),
        mayApprove: isGiven(command, 'allowApprove'),
        isReadOnly: isGiven(command, 'readOnly'),
      });
    });
}

function portOf(text: string): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535)
    throw new InvalidArgumentError('A number from 0 to 65535 is accepted.');
  return Number(text);
}

function collect(value: string, values: readonly string[]): string[] {
  return [...values, value];
}

function addDoctor(program: Command, exit: Exit): void {
  program
    .command('doctor')
    .description('say what would stop a run, and how to mend it; changes nothing')
    .option('--workspace <dir>', 'repository or folder to look at', '.')
    .option('--notify', 'send a notice by every way that is configured, and say how each was taken')
    .option('--json', 'as JSON')
    .action(async (_options: unknown, command: Command) => {
      const { resolveWorkspace } = await import('../work/given-workspace.ts');
      const { doctor } = await import('../commands/doctor.ts');
      const how = { asJson: isGiven(command, 'json'), isNotifying: isGiven(command, 'notify') };
      exit.code = await doctor(resolveWorkspace(textOf(command, 'workspace') ?? '.'), how);
    });
}

function addSkill(program: Command, exit: Exit): void {
  program
    .command('skill')
    .description('print the skill that teaches an agent to use Autoloop, or install it')
    .addOption(new Option('--install <agent>', 'for whom').choices(['codex', 'agents', 'claude']))
    .option('--overwrite', 'replace a different skill file')
    .action(async (options: SkillOptions) => {
      const { skill } = await import('../commands/skill.ts');
      exit.code = await skill(options);
    });
}

function addCompletion(program: Command): void {
  program
    .command('completion')
    .description('print a script for tab completion; its first line says where it goes')
    .addArgument(new Argument('<shell>', 'your shell').choices(['bash', 'zsh', 'fish']))
    .action(async (shell: Shell) => {
      const { completion } = await import('./completion.ts');
      completion(shell);
    });
  program
    .command('__complete', { hidden: true })
    .argument('[words...]')
    .action(async (words: string[]) => {
      const { complete } = await import('./completion.ts');
      complete(program, words);
    });
}

function addHelp(program: Command): void {
  program
    .helpCommand(false)
    .command('help')
    .description('print the help of a command')
    .argument('[command...]', 'the command')
    .action((names: string[]) => {
      printHelp(program, names);
    });
}
