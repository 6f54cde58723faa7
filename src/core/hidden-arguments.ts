/**
 * The first argument with which the program starts itself for a part of its own, decided before anything else is loaded. What
 * follows: of a watchdog its ledger, header and rank; of the rehearsal agent the arguments of codex; of a task of a batch the batch's
 * process id and a command line; of the teller of a crash the workspace.
 */
export const WATCHDOG_ARGUMENT = '--internal-watchdog';
export const REHEARSAL_ARGUMENT = '--internal-rehearsal';
export const BATCHED_ARGUMENT = '--internal-batched';
export const CRASHED_ARGUMENT = '--internal-crashed';
