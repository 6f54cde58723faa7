import { randomBytes } from 'node:crypto';
import { Problem } from '../core/problem.ts';
import { createControlGroup, enterControlGroup, leaveControlGroup, removeControlGroup } from './control-group.ts';
import { openLedger, type Ledger } from './ledger.ts';
import { ownArgv } from './own-argv.ts';
import {
  type OpenProcess,
  openProcess,
  type OpenRequest,
  type ProcessRequest,
  type ProcessResult,
} from './open-process.ts';
import { endTree } from './terminate/end-tree.ts';
import { ProcessTree } from './tree.ts';
import { type OnDeath, startWatchdogs } from './watchdog.ts';

export interface SupervisorOptions {
  /** Where the ledger lives; created if need be. */
  readonly directory: string;
  /** What starts this program again, as its watchdog; by default what started it. */
  readonly selfArgv?: readonly string[];
  /** What is started when this program dies without saying so, once its agents are gone; null: nothing. */
  readonly onDeath?: OnDeath | null;
  /** Aborted when this program is told to stop: what does not obey within some seconds is ended. */
  readonly stop?: AbortSignal;
  /** False: not even where the system would let us have one. */
  readonly controlGroup?: boolean;
}

/** What an agent needs of the supervision: one program at a time, with nothing of it left alive afterwards. */
export interface ProcessRunner {
  /** The environment variable that every agent carries, and passes on. New at each start, unlike the run's id. */
  readonly mark: string;
  /** Runs one agent, with everything that it started, to its end. Rejects only on a bug. */
  run(request: ProcessRequest): Promise<ProcessResult>;
  /** Starts one that stays and is talked to, until its `result`. */
  open(request: OpenRequest): Promise<OpenProcess>;
}

/** Sees to it that no agent, and nothing that an agent started, outlives its turn or this program. */
export interface Supervisor extends ProcessRunner {
  /** Ends whatever carries the mark, between two runs: a git of ours, with what it started. */
  endStray(): Promise<unknown>;
  /** To be called after the last run; again, it does nothing. A ledger with survivors is kept for the watchdog and the next start. */
  close(): Promise<void>;
}

/**
 * Opens the ledger and starts the watchdogs, in this order and before any agent, so that a kill between any two of them
 * leaves nothing unknown. Throws a Problem of kind `state` when the ledger cannot be written.
 */
export function startSupervisor(options: SupervisorOptions): Supervisor {
  const mark = `AUTOLOOP_RUN_${randomBytes(16).toString('hex')}`;
  const controlGroup = options.controlGroup === false ? null : createControlGroup(mark);
  const ledger = openOrExplain(options.directory, mark, controlGroup);
  const watchdogs = startWatchdogs(ledger, options.selfArgv ?? ownArgv(), options.onDeath ?? null);
  const forgetStop = onAbort(options.stop, () => watchdogs.stopping());
  const entered = controlGroup === null ? null : enterControlGroup(controlGroup);
  const tree = new ProcessTree({
    mark,
    owner: ledger.header.owner,
    controlGroup,
    isOurs: (pid) => watchdogs.includes(pid),
    onMember: ledger.record,
  });
  let [running, closed] = [false, false];
  const open = async (request: OpenRequest): Promise<OpenProcess> => {
    if (running) throw new Error('a supervisor runs one process at a time');
    running = true;
    await entered;
    const opened = await openProcess(request, { mark, tree, ledger });
    const result = opened.result.finally(() => {
      running = false;
    });
    result.catch(() => undefined); // Whoever waits for the result gets it; until then it must not count as unhandled.
    return { ...opened, result };
  };
  return {
    mark,
    open,
    async run(request) {
      const opened = await open(request);
      opened.send(request.input);
      opened.end();
      return opened.result;
    },
    endStray: () => endTree(tree, { agent: null }),
    async close() {
      if (closed) return;
      closed = true;
      await entered;
      forgetStop();
      tree.spareGroup();
      const isClean = tree.look({ marks: true }).length === 0;
      if (controlGroup !== null) await leaveControlGroup(controlGroup);
      if (isClean) ledger.remove();
      if (isClean && controlGroup !== null) await removeControlGroup(controlGroup);
      await watchdogs.release(isClean);
    },
  };
}

/** Calls `react` once, when the signal is aborted or where it is. What it returns ends the listening. */
function onAbort(signal: AbortSignal | undefined, react: () => void): () => void {
  if (signal?.aborted === true) react();
  else signal?.addEventListener('abort', react, { once: true });
  return () => signal?.removeEventListener('abort', react);
}

function openOrExplain(directory: string, mark: string, controlGroup: string | null): Ledger {
  try {
    return openLedger(directory, mark, controlGroup);
  } catch (error) {
    if (controlGroup !== null) void removeControlGroup(controlGroup);
    const reason = error instanceof Error ? error.message : String(error);
    throw new Problem(
      'state',
      `cannot write to ${directory}: ${reason}`,
      'Agents are not started without a record of their processes: make the folder writable, or make room on the disk.',
    );
  }
}
