import { listed } from '../core/listed.ts';
import { screenLine, screenText } from '../core/screen.ts';
import { gitFromHere } from '../git/pasted.ts';
import type { Amount } from '../history/repository.ts';
import type { EndDocument } from './end-document.ts';
import { approvalLines, fileFromHere, placeOption } from './resume-command.ts';
import type { StatusDocument } from './status-document.ts';
import { timeText } from '../core/time-text.ts';
import { STATE_FOLDER } from '../core/state-folder.ts';
import { usageLine } from './usage-text.ts';

/**
 * What a person asks of a run that has stopped, in at most 19 lines that are safe for a terminal: what came of it, what it changed, what
 * it took, and how to look at it, squash it and go on. What is not so is left out. The status must have an `end`.
 */
export function endLines(status: StatusDocument): readonly string[] {
  const { end, workspace } = status;
  if (end === null) return [];
  const { audit, answered, gap_report: gaps } = end;
  return [
    ...(audit === null ? [] : [`Audit: ${screenLine(audit, 300)}`]),
    ...changedLine(end),
    ...commitsLine(end),
    ...phasesLine(status),
    ...(answered === 0 ? [] : [`Questions: ${answered} answered`]),
    ...(gaps === null ? [] : [`Gaps: ${screenLine(fileFromHere(workspace, gaps), 400)}`]),
    ...blockedLines(workspace, end),
    ...leftLine(end),
    ...tookLines(status),
    ...nextLines(status, end),
  ];
}

function changedLine({ changes, chain_changes: chain, commits }: EndDocument): string[] {
  if (commits === null) return ['Changed: no commit was made'];
  if (changes === null) return [];
  const whole = chain === null ? '' : `; ${amountText(chain)} since the first run of the chain`;
  return [`Changed: ${amountText(changes)}${whole}`];
}

function amountText({ files, added, removed }: Amount): string {
  return files === 0 ? 'nothing' : `${files} ${files === 1 ? 'file' : 'files'}, +${added} -${removed} lines`;
}

function commitsLine({ commits }: EndDocument): string[] {
  if (commits === null) return [];
  const { count, first, last } = commits;
  return [`Commits: ${count}, ${count === 1 ? short(last) : `${short(first)} to ${short(last)}`}`];
}

function phasesLine({ phases }: StatusDocument): string[] {
  if (phases.length === 0) return [];
  const done = phases.filter(({ status }) => status === 'completed').length;
  const left = phases.filter(({ status }) => status !== 'completed').map(({ phase_id: id }) => screenLine(id, 60));
  return [`Phases: ${done} of ${phases.length} done${left.length === 0 ? '' : `; left: ${listed(left)}`}`];
}

/** Of a verifier's last paragraph; the rest stands in the feedback. */
const MOST_BLOCKED_LINES = 3;

function blockedLines(workspace: string, { blocked }: EndDocument): string[] {
  if (blocked === null) return [];
  const { text, feedback } = blocked;
  const said = screenText(text ?? '')
    .split('\n')
    .filter((line) => line.trim() !== '');
  const isCut = (at: number) => at === MOST_BLOCKED_LINES - 1 && said.length > MOST_BLOCKED_LINES;
  return [
    ...said
      .slice(0, MOST_BLOCKED_LINES)
      .map((line, at) => `${at === 0 ? 'Blocked: ' : '  '}${screenLine(line, 300)}${isCut(at) ? ' …' : ''}`),
    ...(feedback === null ? [] : [`Feedback: ${screenLine(fileFromHere(workspace, feedback), 400)}`]),
  ];
}

function leftLine({ left_uncommitted: left }: EndDocument): string[] {
  return left.length === 0 ? [] : [`Left uncommitted: ${listed(left.map((name) => screenLine(name, 200)))}`];
}

function tookLines({ usage, chain, created_at: began, since }: StatusDocument): string[] {
  const times = began === null || since === null ? '' : `; ${timeText(began)} to ${timeText(since)}`;
  const isChain = chain.usage.turns > usage.turns;
  return [
    `Took: ${usageLine(usage)}${times}`,
    ...(isChain ? [`Chain: ${chain.depth + 1} runs, ${usageLine(chain.usage)}`] : []),
  ];
}

function nextLines(
  { workspace, task_id: task, run_id: run, status, chain, waiting }: StatusDocument,
  end: EndDocument,
): string[] {
  const where = placeOption(workspace);
  const goOn = `Go on: autoloop --task-id ${task}${where} --intent-mode append --intent "What else"`;
  const isOver = status === 'success' && chain.followup_run_id === null;
  return [
    ...commitLines(end, gitFromHere(workspace), `autoloop diff --run-id ${run}${where}`),
    ...(end.merge_command === null ? [] : [`Bring it in: ${end.merge_command}`]),
    ...(isOver ? [goOn] : []),
    ...(waiting?.kind === 'approval' ? approvalLines({ workspace, runId: run }) : []),
  ];
}

function commitLines({ commits }: EndDocument, git: string, look: string): string[] {
  if (commits === null) return [];
  const from = commits.chain_baseline ?? commits.baseline;
  return [
    `Look: ${git} diff ${short(from)}..${short(commits.last)} -- . ':!${STATE_FOLDER}', or of this run: ${look}`,
    `Squash: ${git} reset --soft ${short(from)} && ${git} commit (whatever was committed since becomes one commit)`,
  ];
}

function short(commit: string): string {
  return commit.slice(0, 10);
}
