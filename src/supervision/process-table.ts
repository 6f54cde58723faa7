/**
 * A process, told from a later one with the same pid by its start: ticks since boot from /proc, seconds since 1970 from `ps`.
 * Starts are only ever compared for equality.
 */
export interface ProcessId {
  readonly pid: number;
  readonly start: string;
}

export interface ProcessRow extends ProcessId {
  readonly parent: number;
  /** Where the system does not show sessions, the process group stands in. */
  readonly session: number;
  /** Processor time that it has used so far, in ms. */
  readonly cpuMs: number;
  /** The same of its children that have ended, and of theirs; 0 where the system does not tell. */
  readonly endedMs: number;
}

/** Where pids and starts mean anything: one boot of the machine, one pid namespace (container) of it. */
export interface Epoch {
  readonly boot: string;
  readonly pidNamespace: string;
}

/** Who starts agents: they and what they start are in sessions of their own, never in its. Unknown in old ledgers. */
export interface Owner extends ProcessId {
  readonly session?: number;
}

/** Who carries a mark, and whether that can be told of everybody: a program that is just being started shows no environment. */
export interface Carriers {
  readonly pids: ReadonlySet<number>;
  readonly complete: boolean;
}

/** What supervision needs to know of this system's processes. Zombies are not listed: they are over. Nor is the kernel's own work. */
export interface ProcessTable {
  /** How often it may be read while an agent works, in ms: reading has a price. */
  readonly sampleMs: number;
  readAll(): Map<number, ProcessRow>;
  /** Null when there is no such process any more. */
  read(pid: number): ProcessRow | null;
  /** Whether it was stopped (SIGSTOP, Ctrl-Z), and so hears nothing. */
  isStopped(pid: number): boolean;
  /** Whether a signal that asks it to end has come and it has not heard it: the kernel holds it in a call. False where the system does not tell. */
  leavesUnheard(pid: number): boolean;
  /** What the system calls the program of a process, safe to be shown; null where it does not tell. */
  nameOf(pid: number): string | null;
  /**
   * Those of `rows` that were started with this variable in their environment, as far as the system lets us see it. Nobody
   * had it before the process `first` was born, which spares looking into most.
   */
  carriersOf(variable: string, rows: Iterable<ProcessRow>, first: ProcessId): Carriers;
  epoch(): Epoch;
}

/** A name that a process may have chosen for itself, as one word for the screen; null: there is none. */
export function plainName(text: string | null): string | null {
  const name = (text ?? '')
    .trim()
    .replaceAll(/[^\w.@+-]/g, '?')
    .slice(0, 40);
  return name === '' ? null : name;
}
