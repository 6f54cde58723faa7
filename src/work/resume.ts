import type { CommandLineOptions } from '../config/command-line.ts';
import { dueIn } from '../core/active.ts';
import { tooLong } from '../core/bounds.ts';
import { Problem } from '../core/problem.ts';
import { scopeKey } from '../core/scope.ts';
import type { Settings } from '../core/settings.ts';
import type { RunState } from '../core/state.ts';
import { runLayout, stateFiles, taskFiles } from '../store/layout.ts';
import { findRun, type FoundRun } from '../store/tasks/lookup.ts';
import { bringIn } from './older-state.ts';
import { type ChainRun, runChain } from './chain.ts';
import { resumeSettings, type ResumeSettings } from './resume-settings.ts';
import { processScreen, type Screen } from '../cli/screen-output.ts';
import { resolveSettings } from './settings.ts';
import { listenForSignals } from '../cli/signals.ts';
import { withWorkbench } from './open-workspace.ts';

export interface ResumeRequest {
  readonly workspace: string;
  readonly taskId: string | null;
  readonly runId: string | null;
  readonly answer: string | null;
  readonly instruction: string | null;
  readonly given: CommandLineOptions;
}

/** Goes on with a run that stopped (spec: resume.md). Resolves with the exit code. */
export async function resumeCommand(request: ResumeRequest): Promise<number> {
  const { workspace, given } = request;
  const screen = processScreen();
  const found = await findRun({ workspace, taskId: request.taskId, runId: request.runId });
  const known = await resumeSettings(workspace, { ...found, given });
  if (known !== null) checkResumable(request, found, known);
  const { settings, warnings } = known ?? (await resolveSettings(workspace, given));
  const signals = listenForSignals(() => screen.err('\n[!] Stopping; a second Ctrl-C does not wait.\n'));
  screen.line('[+] Starting Autoloop');
  for (const warning of warnings) screen.warn(warning);
  if (known?.state.finished?.status === 'success') sayComplete(screen, found.runId, request.instruction);
  const isOurs = found.root === 'autoloop';
  const layout = isOurs ? runLayout(taskFiles(stateFiles(workspace), found.taskId), found.runId) : null;
  return withWorkbench({ workspace, settings, runId: found.runId, layout, screen, signals }, async (bench) => {
    for (const line of await bringIn(bench, found)) screen.line(`[*] ${line}`);
    return runChain(bench, chainRun(request, found, { settings, known }));
  });
}

function sayComplete(screen: Screen, runId: string, instruction: string | null): void {
  screen.line(`[*] ${runId} is already complete`);
  if (instruction === null) return;
  screen.warn(
    '--intent has no effect on a complete run: start one with it, by --task-id and --intent-mode without --resume',
  );
}

function chainRun(
  { answer, instruction, given }: ResumeRequest,
  { taskId, runId }: FoundRun,
  { settings, known }: { settings: Settings; known: ResumeSettings | null },
): ChainRun {
  return {
    taskId,
    runId,
    settings,
    request: null,
    isNew: false,
    parentRunId: known?.state.run.parentRunId ?? null,
    depth: known?.state.run.depth ?? 0,
    spentBefore: known?.state.run.spentBefore ?? null,
    changedSettings: known?.changedSettings ?? [],
    instruction: instruction?.trim() ?? null,
    answer,
    given,
  };
}

/** What would stop again at once is refused before anything is written. Throws a Problem of kind `usage`. */
function checkResumable(
  { answer, instruction, given }: ResumeRequest,
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
  const { active, finished } = state;
  if (finished?.status === 'failed' && active !== null && active.cycle >= settings.runtime.maxIterations) {
    const { pair } = active.scope;
    throw new Problem(
      'usage',
      `${pair} has used its ${active.cycle} cycles, and --max-iterations is ${settings.runtime.maxIterations}`,
      `Resume with --max-iterations ${active.cycle + 1} or more.`,
    );
  }
  if (given.pairs !== undefined) checkTestPair(state, given.pairs);
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
