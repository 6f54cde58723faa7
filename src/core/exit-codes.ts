import type { ProblemKind } from './problem.ts';
import type { RunStatus } from './vocabulary.ts';

/** Exit codes of runs. An interrupted run's depends on the signal. */
const OF_STATUS: Readonly<Record<Exclude<RunStatus, 'interrupted'>, number>> = {
  success: 0,
  failed: 1,
  fatal_error: 1,
  blocked: 2,
  needs_followup: 3,
  paused: 4,
  unverified: 6,
};

export type StopSignal = 'SIGINT' | 'SIGTERM' | 'SIGHUP';

const OF_SIGNAL: Readonly<Record<StopSignal, number>> = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 };

const OF_PROBLEM: Readonly<Record<ProblemKind, number>> = {
  usage: 2,
  configuration: 1,
  provider: 1,
  git: 1,
  state: 1,
  busy: 5,
  unsettled: 4,
};

export function exitCodeOfStatus(status: RunStatus, signal: StopSignal = 'SIGINT'): number {
  return status === 'interrupted' ? OF_SIGNAL[signal] : OF_STATUS[status];
}

export function exitCodeOfProblem(kind: ProblemKind): number {
  return OF_PROBLEM[kind];
}
