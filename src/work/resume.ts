import type { CommandLineOptions } from '../config/command-line.ts';
import { dueIn } from '../core/active.ts';
import { tooLong } from '../core/bounds.ts';
import { addedPairs } from '../core/pairs.ts';
import { isNamedBy, openFindings } from '../core/checks/open-findings.ts';
import { Problem } from '../core/problem.ts';
import { scopeKey } from '../core/scope.ts';
import type { RunState } from '../core/state.ts';
import { adoptRun } from '../store/legacy/fill-run.ts';
import { importTask } from '../store/legacy/import.ts';
import { findRun, type FoundRun } from '../store/tasks/lookup.ts';
import { announced } from './announce.ts';
import { once, requireAsked } from './before-start.ts';
import type { ChainEnd } from './chain.ts';
import { inWorkspace, saySettings } from './open-workspace.ts';
import { newRun, recordedRun } from './planned-run.ts';
import { takeConfiguration } from './frozen-config.ts';
import type { Io } from './ports.ts';
import { resumeSettings, type ResumeSettings, unbegunSettings } from './resume-settings.ts';
import type { ResolvedToday } from './settings.ts';
import { ofDisk } from './way-on.ts';

/** What whoever resumes a run says of it; null: not said. */
export interface ResumeRequest {
  readonly workspace: string;
  readonly taskId: string | null;
  readonly runId: string | null;
  readonly answer: string | null;
  readonly instruction: string | null;
  readonly given: CommandLineOptions;
  /** See `GitRequest`. */
  readonly acceptGitConfig?: boolean;
  /** The operator takes the workspace's configuration as it is, whoever wrote it (`--accept-config`). */
  readonly acceptConfig?: boolean;
  /** The operator takes the run's log as it is, although this machine wrote another one. */
  readonly trustLog?: boolean;
  /** Changes of tests and guards that a person accepts. */
  readonly accept?: readonly string[];
  /** The run goes on with the checks of today's configuration. */
  readonly reloadChecks?: boolean;
}

/** Goes on with a run that stopped, to its end. Rejects with a Problem where it is refused, before anything is paid for. */
export async function resumeRun(request: ResumeRequest, io: Io): Promise<ChainEnd> {
  const { workspace, taskId, runId } = request;
  const found = await findRun({ workspace, taskId, runId });
  try {
    const asked = await askedOf(request, found, io);
    return await announced(workspace, found, (hasBegun) => resumeFound(request, io, { ...found, ...asked, hasBegun }));
  } catch (error) {
    const problem = ofDisk(error, found.folder);
    if (problem instanceof Problem && problem.kind !== 'usage') {
      problem.run = { workspace, taskId: found.taskId, runId: found.runId };
    }
    throw problem;
  }
}

/** What the resume goes by. `known` is what the run's log tells; null: it has none. */
interface AskedResume {
  readonly known: Awaited<ReturnType<typeof resumeSettings>>;
  readonly resolved: Pick<ResolvedToday, 'settings' | 'warnings' | 'risky'>;
}

/** Refuses what is asked for wrongly, which is no start and leaves nothing. */
async function askedOf(request: ResumeRequest, found: FoundRun, io: Io): Promise<AskedResume> {
  const { workspace, given, acceptConfig = false, reloadChecks = false } = request;
  const sources = { workspace, ...io.environment };
  const recorded = once(() => resumeSettings(sources, { ...found, given, reloadChecks }));
  const resolved = once(
    async () => (await recorded()) ?? (await unbegunSettings(sources, { runId: found.runId, given })),
  );
  // Pairs are those of the run: `checkResumable` looks at what is asked of it beside them.
  await requireAsked({
    workspace,
    settings: async () => (await resolved()).settings,
    acceptConfig,
    pairsFrom: null,
  });
  const known = await recorded();
  if (known !== null) checkResumable(request, found, known);
  return { known, resolved: await resolved() };
}

async function resumeFound(
  request: ResumeRequest,
  io: Io,
  { hasBegun, known, resolved, ...found }: FoundRun & AskedResume & { readonly hasBegun: () => void },
): Promise<ChainEnd> {
  const { workspace, given, answer, accept = [], acceptConfig = false, reloadChecks = false } = request;
  takeConfiguration(workspace);
  const { settings } = resolved;
  const { taskId, runId, root } = found;
  const wanted = {
    workspace,
    taskId,
    runId,
    settings,
    given,
    exists: root === 'autoloop',
    acceptGitConfig: request.acceptGitConfig ?? false,
    trustLog: request.trustLog ?? false,
    hasBegun,
    sayFirst() {
      saySettings(io, resolved);
      if (known !== null && isComplete(known)) sayComplete(io, runId, request.instruction);
    },
  };
  return inWorkspace(wanted, io, async (open) => {
    for (const line of await bringOver(workspace, found)) io.line(`[*] ${line}`);
    const instruction = request.instruction?.trim() ?? null;
    const run =
      known === null
        ? newRun(found, { settings, create: null })
        : recordedRun(found, known, { answer, instruction, accept, acceptConfig, reloadChecks });
    const { runChain } = await import('./chain.ts');
    return runChain(open, run, io);
  });
}

/** Makes state of an older release ready to go on with: what was done, one line each. Old state is not changed. */
async function bringOver(workspace: string, found: FoundRun): Promise<readonly string[]> {
  if (found.root === 'autoloop') return adoptRun(workspace, found);
  const { lines } = await importTask(workspace, found);
  return lines;
}

function isComplete({ state, settings }: ResumeSettings): boolean {
  return state.finished?.status === 'success' && addedPairs(state.run.pairs, settings.runtime.pairs).length === 0;
}

function sayComplete(io: Io, runId: string, instruction: string | null): void {
  io.line(`[*] ${runId} is already complete`);
  if (instruction === null) return;
  io.warn(
    '--intent has no effect on a complete run: start one with it, by --task-id and --intent-mode without --resume',
  );
}

/** What would stop again at once is refused before anything is written. Throws a Problem of kind `usage`. */
function checkResumable(
  { answer, instruction, given, accept = [] }: ResumeRequest,
  { runId }: FoundRun,
  { state, settings }: ResumeSettings,
): void {
  for (const [name, text] of Object.entries({ '--answer': answer, '--intent': instruction })) {
    const flaw = tooLong(text ?? '');
    if (flaw !== null) throw new Problem('usage', `${name}: ${flaw}`);
  }
  if (answer !== null && (state.active === null || dueIn(state.active)[0]?.do !== 'answer')) {
    throw new Problem(
      'usage',
      `--answer: run ${runId} waits for no answer`,
      'Resume it without --answer, or give --intent for an instruction.',
    );
  }
  checkAccepted(accept, runId, state);
  const { active, finished } = state;
  if (finished?.status === 'failed' && active !== null && active.cycle >= settings.runtime.maxIterations) {
    const { pair } = active.scope;
    throw new Problem(
      'usage',
      `${pair} has used its ${active.cycle} cycles, and --max-iterations is ${settings.runtime.maxIterations}`,
      `Resume with --max-iterations ${active.cycle + 1} or more.`,
    );
  }
  if (given.pairs !== undefined) checkTestPair(state, settings.runtime.pairs);
}

/** What is accepted has to be there. Throws a Problem of kind `usage` that lists what is. */
function checkAccepted(accept: readonly string[], runId: string, { checks }: RunState): void {
  const open = openFindings(checks);
  const unknown = accept.find((name) => !open.some((finding) => isNamedBy(finding, name)));
  if (unknown === undefined) return;
  const names = open.map(({ test, path }) => test ?? path ?? '');
  throw new Problem(
    'usage',
    `--accept ${JSON.stringify(unknown)}: no open finding of run ${runId} is about it`,
    names.length === 0 ? 'It has none that could be accepted.' : `Open: ${[...new Set(names)].slice(0, 20).join(', ')}`,
  );
}

/** Tests need their implementation: enabled, or recorded for every selected phase. */
function checkTestPair(state: RunState, pairs: readonly string[]): void {
  if (!pairs.includes('test') || pairs.includes('implement')) return;
  const phaseIds = state.selection?.phaseIds ?? [];
  const missing = phaseIds.filter((phaseId) => !state.completed.includes(scopeKey({ pair: 'implement', phaseId })));
  if (phaseIds.length > 0 && missing.length === 0) return;
  const which = missing.length > 0 ? ` of ${missing.join(', ')}` : '';
  throw new Problem(
    'usage',
    `--pairs: test needs implement${which}, which is not complete`,
    'Add implement to --pairs.',
  );
}
