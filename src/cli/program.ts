import { type Command, InvalidArgumentError, Option } from 'commander';
import { AGENT_OPTIONS, attributeOf, OPTION_ROWS, type OptionRow } from '../config/command-line.ts';
import type { Kind } from '../config/kinds.ts';
import type { Exit } from './exit.ts';
import { refuseBlank } from './blank.ts';
import { unknownCommand } from './help.ts';
import { PlainCommand } from './plain-command.ts';
import { addSubcommands } from './subcommands.ts';
import type { RawOptions } from './options.ts';
import { versionText } from './version.ts';

const EXAMPLES = `
Examples:
  autoloop demo
  autoloop doctor --workspace ~/project
  autoloop --workspace ~/project --intent "Add a --json option to the report command"
  autoloop --workspace ~/project --resume
  autoloop --workspace ~/project --resume --answer "Keep the old name as an alias"

Exit codes:
  0  success                        4    paused: waits for an answer, a limit, an agent that hangs
  1  failed, or an error            5    another Autoloop works in this workspace
  2  blocked, or a usage error      6    unverified: done, and not proven by the checks
  3  gaps found, no follow-up run   130  interrupted (143 by SIGTERM, 129 by SIGHUP)
`;

/** The same in every terminal: the build renders the text once (scripts/build.mjs). */
const HELP_COLUMNS = 80;

/** The command line, without side effects until it is parsed. Every action loads what it needs itself. */
export function buildProgram(args: readonly string[], exit: Exit): Command {
  const program = new PlainCommand('autoloop')
    .description('Ships real code with coding agents: plan, implement, test and audit, resumable after anything.')
    .version(
      versionText(args),
      '-V, --version',
      'print the version (with --verbose: the commit, and the agents it was tested with)',
    )
    .helpOption('-h, --help', 'print this help')
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(onOneLine(text)), getOutHelpWidth: () => HELP_COLUMNS })
    .addHelpText('after', EXAMPLES)
    // A subcommand's options are its own: `--workspace` after `demo` is not the bare form's.
    .enablePositionalOptions()
    .hook('preSubcommand', handOptionsOn)
    .hook('preAction', (_program, command) => refuseBlank(command));
  addTaskOptions(program);
  addResumeOptions(program);
  addLoopOptions(program);
  addInspectionOptions(program);
  program.action(async (options: RawOptions) => {
    refuseWords(program);
    const { bareForm } = await import('./bare-form.ts');
    exit.code = await bareForm(options, args);
  });
  addSubcommands(program, exit);
  // The commands have taken over that excess words are refused; for the program it is said in better words.
  return program.allowExcessArguments();
}

/** A word that is no option: a mistyped command, or a request without its option. */
function refuseWords(program: Command): void {
  const [word] = program.args;
  if (word === undefined) return;
  program.error(`${unknownCommand(program, word)} A request goes with --intent.`);
}

/** `autoloop --workspace W status` is `autoloop status --workspace W`; an option that the command has not is refused. */
function handOptionsOn(program: Command, subcommand: Command): void {
  for (const option of program.options) {
    const name = option.attributeName();
    if (program.getOptionValueSource(name) !== 'cli') continue;
    if (!subcommand.options.some((own) => own.attributeName() === name)) {
      program.error(`error: '${subcommand.name()}' has no option '${option.long ?? ''}'`);
    }
    subcommand.setOptionValueWithSource(name, program.getOptionValue(name), 'cli');
  }
}

/** commander puts its suggestion on a line of its own. */
function onOneLine(text: string): string {
  return `${text.trimEnd().replaceAll('\n', ' ')}\n`;
}

function addTaskOptions(program: Command): void {
  program
    .optionsGroup('What to do:')
    .option('--workspace <dir>', 'repository or folder to work in', '.')
    .option('--intent <text>', 'the request; - reads it from standard input')
    .option('--intent-file <path>', 'read the request from a file')
    .option('--task-id <id>', 'task to create or to continue')
    .option(
      '--worktree [dir]',
      'work in a work tree and on a branch of the task’s own (default: beside the repository)',
    )
    .option('--no-worktree', 'work in the workspace itself')
    .option(
      '--branch <name>',
      'make this branch and work on it; with --worktree: the work tree’s (default: autoloop/ and the task’s id)',
    )
    .option('--base <ref>', 'with --worktree: where the branch begins (default: HEAD)')
    .option('--with-changes', 'with --worktree: what you have not committed goes with it, as a commit');
  addKeyOptions(program, 'task');
}

function addResumeOptions(program: Command): void {
  program
    .optionsGroup('Going on:')
    .option('--resume', 'go on with a run that stopped')
    .option('--run-id <id>', 'which run to resume')
    .option('--answer <text>', 'the answer to the question that a paused run waits for')
    .option('--accept <name>', 'accept a change of this test or guard that the report names; repeatable', collect)
    .option('--reload-checks', 'go on with the checks of today’s configuration')
    .option('--trust-log', 'go on with a run’s log as it is, although it is not as it was written')
    .option('--accept-config', 'take the workspace’s configuration as it is, although an agent wrote it')
    .option('--accept-git-config', 'go on although git’s configuration changed during a turn');
}

function addLoopOptions(program: Command): void {
  program.optionsGroup('How to work:');
  addKeyOptions(program, 'loop');
  for (const { option, value, help } of AGENT_OPTIONS) program.option(`${option} ${value}`, help);
  program.option('--phase-id <id>', 'a phase of the phase plan');
  program.option('--no-checks', 'run no checks: the end says that nothing is verified');
  program.setOptionValue('checks', undefined);
}

function collect(value: string, values: readonly string[] = []): string[] {
  return [...values, value];
}

/** The options of configuration keys: their rows say all of them. */
function addKeyOptions(program: Command, group: 'task' | 'loop'): void {
  for (const row of OPTION_ROWS.filter(({ option }) => (option.group ?? 'loop') === group)) {
    const { flags, help, off } = row.option;
    program.addOption(withValues(new Option(flags, help), row));
    if (off === undefined) continue;
    program.addOption(new Option(flags.replace('--', '--no-'), off));
    // Three-valued: an option that is not given leaves the configuration's value, also where only its `no-` form is negative.
    program.setOptionValue(attributeOf(row), undefined);
  }
}

function withValues(option: Option, { kind }: OptionRow): Option {
  if (kind.is === 'choice') return option.choices(kind.of);
  // Some names are known beforehand; which others there are the configuration says.
  if (kind.is === 'either' && kind.of[0].is === 'choice')
    return option.choices(kind.of[0].of).argParser((value: string) => value);
  return kind.is === 'number' ? option.argParser(numberOf(kind)) : option;
}

function addInspectionOptions(program: Command): void {
  program
    .optionsGroup('Looking:')
    .option('--list-tasks', 'print the ids of the tasks')
    .option('--print-config', 'print the configuration in force, and where each value came from')
    .option('--json', 'with either of them: as JSON')
    .addOption(new Option('--verbose').hideHelp());
}

function numberOf({ whole, least, above, most, accepted }: Extract<Kind, { is: 'number' }>): (text: string) => number {
  return (text) => {
    const value = (whole ? /^\d+$/ : /^\d+(?:\.\d+)?$/).test(text) ? Number(text) : Number.NaN;
    const isSound = whole ? Number.isSafeInteger(value) : Number.isFinite(value);
    if (isSound && value >= (least ?? value) && value > (above ?? -1) && value <= (most ?? value)) return value;
    throw new InvalidArgumentError(`It must be ${whole ? 'a whole number' : 'a number'}: ${accepted}.`);
  };
}
