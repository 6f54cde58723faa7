import { timeText } from '../core/time-text.ts';
import { cacheFolder, machineFolder } from '../files/places.ts';
import { foreignFiles } from '../store/disk/guard.ts';
import { type StateFiles, stateFiles } from '../store/layout.ts';
import { ledgersIn, readLedger } from '../supervision/ledger.ts';
import { isRunning, processTable } from '../supervision/platform.ts';
import { ProcessTree } from '../supervision/tree.ts';
import { BriefCache } from './brief-cache.ts';
import { type Finding, lookAt, ok, warning } from './finding.ts';
import { type LockHolder, lockHolder } from './lock-holder.ts';
import { taskSummaries } from './task-summary.ts';

/** A workspace and its state: who works here, and what earlier runs left; what a start refuses them for is not among this. Writes nothing. */
export async function lookAtWorkspace(
  workspace: string,
): Promise<Record<'workspace' | 'lock' | 'leftovers' | 'runs', Finding[]>> {
  const state = stateFiles(workspace);
  return {
    workspace: await lookAt('workspace', () => foreign(state)),
    lock: lockFindings(state, await lockHolder(state)),
    leftovers: leftoverFindings([machineFolder(workspace), state.folder]),
    runs: await lookAt('runs', () => unfinished(workspace)),
  };
}

function foreign(state: StateFiles): Finding[] {
  const found = foreignFiles(state);
  const writable = ok('workspace', `${state.workspace} can be written`);
  if (found.length === 0) return [writable];
  return [
    writable,
    warning('workspace', `${state.folder} holds files of another program, left alone: ${found.join(', ')}`),
  ];
}

/** Whether another machine's holder lives is seen by waiting for it alone. */
function lockFindings(state: StateFiles, holder: LockHolder | null): Finding[] {
  if (holder === null) return [ok('lock', 'nobody works here')];
  const who = `pid ${holder.pid}, run ${holder.runId} since ${timeText(holder.since)}`;
  if (holder.alive !== null) return [ok('lock', `left by a process that is gone (${who}): the next run takes it over`)];
  const text = `${who} on host ${holder.host} cannot be seen from here: a run is refused while it gives signs of life`;
  return [warning('lock', text, `If nothing runs there any more: rm ${state.lock}`)];
}

/** The ledgers of starts that were killed together with their watchdogs, and the processes that they name. */
function leftoverFindings(folders: readonly string[]): Finding[] {
  const ledgers = folders.flatMap((folder) => ledgersIn(folder));
  const findings = ledgers.flatMap((file) => leftoversOf(file));
  return findings.length > 0 ? findings : [ok('leftovers', 'no process of an earlier run is left')];
}

function leftoversOf(file: string): Finding[] {
  const ledger = readLedger(file);
  const here = processTable.epoch();
  // Nothing lives through a boot, and before the first line is whole nothing was started.
  if (ledger?.header.boot !== here.boot) return [];
  const { header, recorded } = ledger;
  if (header.pidNamespace !== here.pidNamespace) {
    return [warning('leftovers', `${file} was written in another container: its processes cannot be seen from here`)];
  }
  if (isRunning(header.owner)) return [];
  const living = new ProcessTree({ ...header, recorded }).look({ marks: true });
  if (living.length === 0) return [];
  const pids = living.map(({ pid }) => pid).join(' ');
  return [warning('leftovers', `processes of a run that was killed: ${pids}; the next run ends them`, `kill ${pids}`)];
}

/** Named at most; there may be years of them. */
const MOST_RUNS = 10;

async function unfinished(workspace: string): Promise<Finding[]> {
  const open = (await taskSummaries(workspace, new BriefCache(cacheFolder(workspace), workspace))).flatMap(
    ({ taskId, latest }) =>
      latest !== null && (latest.resumeCommand !== null || latest.status === 'unreadable')
        ? [{ taskId, ...latest }]
        : [],
  );
  if (open.length === 0) return [ok('runs', 'none waits to be resumed')];
  const newest = open.sort((a, b) => ((a.lastEventAt ?? '') < (b.lastEventAt ?? '') ? 1 : -1)).slice(0, MOST_RUNS);
  const named = newest.map(({ taskId, runId, status, reason, resumeCommand }) => {
    const why = status === 'unreadable' && reason !== null ? `: ${reason}` : '';
    return warning('runs', `${taskId} ${runId} ${status.replace('_', ' ')}${why}`, resumeCommand);
  });
  const more = open.length - named.length;
  return more === 0 ? named : [...named, warning('runs', `and ${more} more`, 'autoloop --list-tasks --json')];
}
