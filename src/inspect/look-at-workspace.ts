import { cacheFolder, machineFolder } from '../files/places.ts';
import { diskProblem } from '../files/disk-problem.ts';
import { isThere } from '../files/door.ts';
import { requireFolder } from '../files/folders.ts';
import { promised } from '../files/operations.ts';
import { foreignFiles, guardPath } from '../store/disk/guard.ts';
import { type StateFiles, stateFiles } from '../store/layout.ts';
import { ledgersIn, readLedger } from '../supervision/ledger.ts';
import { isRunning, processTable } from '../supervision/platform.ts';
import { ProcessTree } from '../supervision/tree.ts';
import { BriefCache } from './brief-cache.ts';
import { error, type Finding, lookAt, ok, warning } from './finding.ts';
import { type LockHolder, lockHolder } from './lock-holder.ts';
import { taskSummaries } from './task-summary.ts';

/** The workspace and its state: whether both can be written, who works here, and what earlier runs left. Writes nothing. */
export async function lookAtWorkspace(workspace: string): Promise<Finding[]> {
  const state = stateFiles(workspace);
  const holder = await lockHolder(state);
  return [
    ...(await lookAt('workspace', () => writable(state))),
    ...lockFindings(state, holder),
    ...leftoverFindings([machineFolder(workspace), state.folder], holder),
    ...(await lookAt('runs', () => unfinished(workspace))),
  ];
}

async function writable(state: StateFiles): Promise<Finding[]> {
  guardPath(state, state.tasks);
  for (const folder of [state.workspace, state.folder, state.tasks].filter((place) => isThere(place))) {
    try {
      await promised(() => requireFolder(folder));
    } catch (failure) {
      throw diskProblem(failure, folder, 'written');
    }
  }
  const foreign = foreignFiles(state);
  return [
    ok('workspace', `${state.workspace} can be written`),
    ...(foreign.length === 0
      ? []
      : [warning('workspace', `${state.folder} holds files of another program, left alone: ${foreign.join(', ')}`)]),
  ];
}

function lockFindings(state: StateFiles, holder: LockHolder | null): Finding[] {
  if (holder === null) return [ok('lock', 'nobody works here')];
  const who = `pid ${holder.pid}, run ${holder.runId} since ${holder.since}`;
  if (holder.alive === true)
    return [error('lock', `busy: ${who}`, `autoloop status; kill -INT ${holder.pid} stops it`)];
  if (holder.alive === false)
    return [ok('lock', `left by a process that is gone (${who}): the next run takes it over`)];
  const fix = `If nothing runs there any more: rm ${state.lock}`;
  return [error('lock', `busy: ${who} on host ${holder.host}, which cannot be seen from here`, fix)];
}

/** The ledgers of starts that were killed together with their watchdogs, and the processes that they name. */
function leftoverFindings(folders: readonly string[], holder: LockHolder | null): Finding[] {
  const ledgers = folders.flatMap((folder) => ledgersIn(folder));
  const findings = ledgers.flatMap((file) => leftoversOf(file, holder));
  return findings.length > 0 ? findings : [ok('leftovers', 'no process of an earlier run is left')];
}

function leftoversOf(file: string, holder: LockHolder | null): Finding[] {
  const ledger = readLedger(file);
  const here = processTable.epoch();
  // Nothing lives through a boot, and before the first line is whole nothing was started.
  if (ledger?.header.boot !== here.boot) return [];
  const { header, recorded } = ledger;
  if (header.pidNamespace !== here.pidNamespace) {
    return [warning('leftovers', `${file} was written in another container: its processes cannot be seen from here`)];
  }
  if (isRunning(header.owner)) {
    const { pid } = header.owner;
    if (holder?.alive === true && holder.pid === pid) return [];
    return [
      error('leftovers', `an earlier run is still at work here without the lock: pid ${pid}`, `kill -INT ${pid}`),
    ];
  }
  const living = new ProcessTree({ ...header, recorded }).look({ marks: true });
  if (living.length === 0) return [];
  const pids = living.map(({ pid }) => pid).join(' ');
  return [warning('leftovers', `processes of a run that was killed: ${pids}; the next run ends them`, `kill ${pids}`)];
}

/** Named at most; there may be years of them. */
const MOST_RUNS = 10;

async function unfinished(workspace: string): Promise<Finding[]> {
  const open = (await taskSummaries(workspace, new BriefCache(cacheFolder(), workspace))).flatMap(
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
