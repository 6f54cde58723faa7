import { parsePairs } from '../core/pairs.ts';
import { Problem } from '../core/problem.ts';
import { isRunId } from '../core/ids.ts';
import { AGENT_OPTIONS, attributeOf, type CommandLineOptions, OPTION_ROWS } from '../config/command-line.ts';
import { describeFound } from '../config/found.ts';

/** The options of the bare form as commander hands them over. */
export type RawOptions = CommandLineOptions & {
  readonly workspace: string;
  readonly intent?: string;
  readonly intentFile?: string;
  readonly taskId?: string;
  /** The folder of the work tree; true: the usual one; false: none; absent: as the configuration says. */
  readonly worktree?: string | boolean;
  readonly branch?: string;
  readonly base?: string;
  readonly withChanges?: true;
  readonly resume?: true;
  readonly runId?: string;
  readonly answer?: string;
  readonly listTasks?: true;
  readonly printConfig?: true;
  readonly json?: true;
  readonly acceptConfig?: true;
  readonly acceptGitConfig?: true;
  readonly trustLog?: true;
  readonly accept?: readonly string[];
  readonly reloadChecks?: true;
};

/** Refuses combinations that mean nothing, before anything is read or written. Throws a Problem of kind `usage`. */
export function checkCombination(options: RawOptions, args: readonly string[]): void {
  const refuse = (message: string, hint: string | null = null): never => {
    throw new Problem('usage', message, hint);
  };
  if (args.includes('--git') && args.includes('--no-git'))
    refuse('--git and --no-git exclude each other: give one of them');
  if (options.intent !== undefined && options.intentFile !== undefined) {
    refuse('--intent and --intent-file exclude each other: give one of them');
  }
  for (const { option, attribute, kind } of AGENT_OPTIONS) {
    const value = options[attribute];
    if (value === undefined || kind.pattern.test(value)) continue;
    refuse(`${option}: found ${describeFound(value)}; accepted: ${kind.accepted}`);
  }
  if (options.runId !== undefined && options.resume !== true)
    refuse('--run-id says which run to resume: it needs --resume');
  if (options.trustLog !== undefined && options.resume !== true)
    refuse('--trust-log takes the log of a run as it is: it needs --resume');
  if (options.accept !== undefined && options.resume !== true)
    refuse('--accept takes a change of a test in a run that ended: it needs --resume');
  if (options.accept?.some((name) => name.trim() === '') === true)
    refuse('--accept is blank: give the name of a test, or the path of a guard');
  if (options.reloadChecks !== undefined && options.resume !== true)
    refuse('--reload-checks reads the checks of a run anew: it needs --resume');
  if (options.answer !== undefined && options.resume !== true)
    refuse('--answer answers a paused run: it needs --resume');
  if (options.runId !== undefined && !isRunId(options.runId)) {
    refuse(`--run-id ${JSON.stringify(options.runId)} has not the form of a run id: run-YYYYMMDDTHHMMSSZ-xxxxxxxx`);
  }
  checkWorktree(options, refuse);
  if (options.phaseId !== undefined && options.resume === true) {
    refuse('--phase-id cannot be given with --resume: a run keeps the phases that it selected');
  }
  checkLooks(options, refuse);
  const starts = options.resume !== true && options.listTasks !== true && options.printConfig !== true;
  if (starts && options.taskId === undefined && options.intent === undefined && options.intentFile === undefined) {
    refuse(
      'nothing to do: give --intent TEXT (or --intent-file, --task-id) to start a run, --resume, or --list-tasks',
      'New here? autoloop demo shows a run, autoloop init sets one up, autoloop --help lists all there is.',
    );
  }
}

function checkLooks(options: RawOptions, refuse: (message: string) => never): void {
  if (options.json === true && options.listTasks !== true && options.printConfig !== true) {
    refuse('--json goes with --list-tasks or --print-config');
  }
  if (options.listTasks === true && (options.resume === true || options.printConfig === true))
    refuse(
      `--list-tasks and ${options.resume === true ? '--resume' : '--print-config'} exclude each other: give one of them`,
    );
  if (options.listTasks === true && (options.intent ?? options.intentFile) !== undefined)
    refuse('--list-tasks only looks, and a request starts a run: give one of them');
}

function checkWorktree(
  { worktree, branch, base, withChanges, resume, git }: RawOptions,
  refuse: (message: string) => never,
): void {
  const hasNone = worktree === false;
  if (worktree !== undefined && resume === true)
    refuse(
      hasNone
        ? '--no-worktree says where a new run works: --resume goes on where its run is'
        : '--worktree makes a work tree for a new run: --resume finds the one of its task without it',
    );
  if (branch !== undefined && resume === true)
    refuse('--branch names the branch of a new run: --resume goes on where its run is');
  if (branch !== undefined && git === false) refuse('--branch needs git: --no-git excludes it');
  if (hasNone || resume === true) refuseForTree({ base, withChanges });
  if (worktree !== undefined && !hasNone && git === false) refuse('--worktree needs git: --no-git excludes it');
}

/** Refuses what is said of a work tree where there is to be none. Throws a Problem of kind `usage`. */
export function refuseForTree({
  base,
  withChanges,
}: {
  base?: string | undefined;
  withChanges?: true | undefined;
}): void {
  if (base !== undefined) throw new Problem('usage', '--base says where a work tree begins: it needs --worktree');
  if (withChanges === true)
    throw new Problem('usage', '--with-changes says what goes into a work tree: it needs --worktree');
}

/** The options that speak about settings, for the configuration. Throws a Problem of kind `usage` for a bad list of pairs. */
export function settingsOptions(options: RawOptions): CommandLineOptions {
  const read = options.pairs === undefined ? null : parsePairs(options.pairs);
  if (read !== null && 'error' in read) throw new Problem('usage', `--pairs: ${read.error}`);
  const given = OPTION_ROWS.map(attributeOf).map((name) => [name, options[name]] as const);
  const { phaseId, model, modelEffort, checks } = options;
  return { ...Object.fromEntries(given), phaseId, model, modelEffort, checks };
}
