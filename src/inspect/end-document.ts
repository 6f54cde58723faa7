import { withoutControl } from '../core/control.ts';
import { quoted } from '../core/shell-word.ts';
import { Problem } from '../core/problem.ts';
import { type Amount, amountOfChange, lookInto } from '../history/repository.ts';
import type { Git } from '../git/git.ts';
import { isThere } from '../files/door.ts';
import { relativeTo } from '../store/layout.ts';
import { placeOption } from './resume-command.ts';
import { PhaseOutputs } from './phase-outputs.ts';
import { RunCursor } from './run-cursor.ts';
import { layoutOf, type RunView } from './run-view.ts';

/** What a run that stopped has made and what it leaves to do: `end` in `autoloop status --json` (docs/json.md). */
export interface EndDocument {
  /** In the words of the audit; null: it has not spoken. */
  readonly audit: string | null;
  /** From the baseline to the last commit, without the program's own files; null: there is no commit to compare. */
  readonly changes: Amount | null;
  /** The same from the baseline of the chain's first run; null where this is the first. */
  readonly chain_changes: Amount | null;
  readonly commits: CommitsDocument | null;
  /** Questions that were answered, by whomever. */
  readonly answered: number;
  /** Relative to the workspace, as the path below. */
  readonly gap_report: string | null;
  readonly blocked: { readonly text: string | null; readonly feedback: string | null } | null;
  readonly left_uncommitted: readonly string[];
  /** Brings the branch of the task's work tree into the one that it began from; null: there is none, no success, or it was brought in. */
  readonly merge_command: string | null;
}

export interface CommitsDocument {
  readonly count: number;
  readonly baseline: string;
  /** Of the chain's first run; null where this is the first. */
  readonly chain_baseline: string | null;
  readonly first: string;
  readonly last: string;
}

/** Reads what a log does not tell: what the commits changed, and what a verifier said last. */
export async function endDocument(workspace: string, view: RunView): Promise<EndDocument> {
  const { state, outline } = view.known;
  const { baseline, commits } = outline;
  const chain = state.run.parentRunId === null ? null : baselineOfChain(workspace, view);
  const [changes, chainChanges] =
    commits === null ? [] : await amountsOf(workspace, { starts: [baseline, chain], to: commits.last });
  return {
    audit: outline.audit?.summary ?? null,
    changes: changes ?? null,
    chain_changes: chainChanges ?? null,
    commits: commits === null || baseline === null ? null : { ...commits, baseline, chain_baseline: chain },
    answered: state.clarifications.filter(({ question }) => question !== null).length,
    gap_report: outline.audit?.hasGaps === true ? gapReport(view) : null,
    blocked: await blockedDocument(view),
    left_uncommitted: outline.leftUncommitted,
    merge_command: mergeCommand(workspace, view),
  };
}

/** From each of `starts` how much has changed; null: what is gone cannot be compared, and is no reason to tell nothing. */
async function amountsOf(
  workspace: string,
  { starts, to }: { readonly starts: readonly (string | null)[]; readonly to: string },
): Promise<readonly (Amount | null)[]> {
  const amounts = (git: Git) =>
    Promise.all(starts.map((from) => orNull(async () => (from === null ? null : amountOfChange(git, { from, to })))));
  return (await orNull(() => lookInto(workspace, amounts))) ?? [];
}

async function orNull<T>(look: () => Promise<T>): Promise<T | null> {
  try {
    return await look();
  } catch (error) {
    if (error instanceof Problem) return null;
    throw error;
  }
}

/** Longer than any chain: logs may say that a run follows on itself. */
const MOST_RUNS = 100;

/** Null where a run before this one is gone. */
function baselineOfChain(workspace: string, { found, known }: RunView): string | null {
  let { outline, state } = known;
  for (let left = MOST_RUNS; state.run.parentRunId !== null && left > 0; left -= 1) {
    try {
      const layout = layoutOf(workspace, { ...found, runId: state.run.parentRunId });
      ({ outline, state } = new RunCursor(layout.events).catchUp());
    } catch (error) {
      if (error instanceof Problem) return null;
      throw error;
    }
  }
  return outline.baseline;
}

function mergeCommand(workspace: string, { found, known: { state, outline } }: RunView): string | null {
  const into = state.run.worktree?.base_branch ?? null;
  if (into === null || state.finished?.status !== 'success' || !outline.isToMerge) return null;
  return `autoloop merge ${found.taskId} --into ${quoted(into)}${placeOption(workspace)}`;
}

function gapReport({ layout }: RunView): string {
  return relativeTo(layout.workspace, `${layout.artifactDir({ pair: 'audit', phaseId: null })}/gap_report.md`);
}

async function blockedDocument({ known: { state, outline }, layout }: RunView): Promise<EndDocument['blocked']> {
  const { blocked } = outline;
  if (blocked === null || state.finished?.status !== 'blocked') return null;
  const role = state.active?.blockedBy ?? 'verifier';
  const text = await new PhaseOutputs(layout.rawLog).take({ ...blocked, phase: role });
  const feedback = `${layout.artifactDir(blocked.scope)}/feedback.md`;
  return {
    text: text === null ? null : lastParagraph(withoutControl(text)),
    feedback: isThere(feedback) ? relativeTo(layout.workspace, feedback) : null,
  };
}

function lastParagraph(text: string): string | null {
  const paragraphs = text.trim().split(/\n\s*\n/);
  return paragraphs.at(-1)?.trim() ?? null;
}
