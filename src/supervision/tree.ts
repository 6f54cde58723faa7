import { pidsIn } from './control-group.ts';
import type { Owner, ProcessId, ProcessRow } from './process-table.ts';
import { isRunning, processTable } from './platform.ts';

export interface TreeOptions {
  /** The name of the environment variable that marks what we started. */
  readonly mark: string;
  /** Who starts the agents, or did. */
  readonly owner: Owner;
  /** The owner is in it, and with it what else it starts. */
  readonly controlGroup: string | null;
  /** Whether this one is in the control group without being an agent's. */
  readonly isOurs?: (pid: number) => boolean;
  /** Members known from before. */
  readonly recorded?: readonly ProcessId[];
  /** Called once for every member found. */
  readonly onMember?: (member: ProcessId) => void;
}

/**
 * Everything that agents started. A process is a member when it was recorded as one, when its parent is one, when it is in
 * a member's session, when it carries the mark, or when it is in the control group. Each rule catches what gets away from
 * the others: a cleared environment, a double fork, a session of its own. Never members, whatever they carry: ourselves
 * and whoever started us (somebody may resume a run from a shell that an agent opened).
 */
export class ProcessTree {
  readonly #options: TreeOptions;
  readonly #members = new Map<number, ProcessId>();
  readonly #sessions = new Set<number>();
  #spared = new Map<number, string | null>();
  /** Whether the last look with marks could tell of everybody: see `Carriers`. */
  sawAll = false;

  constructor(options: TreeOptions) {
    this.#options = options;
    for (const member of options.recorded ?? []) this.#members.set(member.pid, member);
  }

  add(member: ProcessId): void {
    if (this.#members.get(member.pid)?.start === member.start) return;
    this.#members.set(member.pid, { pid: member.pid, start: member.start });
    this.#options.onMember?.(member);
  }

  /** Whoever is in the control group now, no member, is not an agent's: git may have left a daemon of the operator's there. */
  spareGroup(): void {
    const { controlGroup } = this.#options;
    if (controlGroup === null) return;
    const others = pidsIn(controlGroup).filter((pid) => !this.#members.has(pid));
    this.#spared = new Map(others.map((pid) => [pid, processTable.read(pid)?.start ?? null]));
  }

  /**
   * Whether the control group alone says that nobody is left, which spares looking at every process of the machine. Who got
   * another service to take it out of the group, and was not seen by a look before, is found by the next one.
   */
  isOver(): boolean {
    const { controlGroup } = this.#options;
    if (controlGroup === null || !this.#spared.has(process.pid)) return false; // The system may not have let us in.
    for (const member of this.#members.values()) if (!isRunning(member)) this.#members.delete(member.pid);
    return this.#members.size === 0 && this.#aliens(pidsIn(controlGroup)).length === 0;
  }

  /** Looks once, remembers what it finds, returns the living members. Without `marks` no environment is read: half the price. */
  look({ marks }: { readonly marks: boolean }): ProcessRow[] {
    const rows = processTable.readAll();
    this.#forgetTheDead(rows);
    const barred = ancestry(rows);
    const strangers = new Map([...rows].filter(([pid]) => !barred.pids.has(pid)));
    const marked: ReadonlySet<number> = marks ? this.#marked(strangers.values()) : new Set();
    const { controlGroup } = this.#options;
    const grouped = new Set(controlGroup === null ? [] : this.#aliens(pidsIn(controlGroup)));
    const living = new Map<number, ProcessRow>();
    for (let before = -1; before < living.size;) {
      before = living.size; // Again until a round adds none: a child may be listed before its parent.
      for (const row of strangers.values()) {
        const related = this.#knows(row) || living.has(row.parent) || this.#sessions.has(row.session);
        if (!related && !marked.has(row.pid) && !grouped.has(row.pid)) continue;
        strangers.delete(row.pid);
        living.set(row.pid, row);
        this.add(row);
        // Session 0 stands for any session that this container cannot see.
        if (row.session !== 0 && !barred.sessions.has(row.session) && row.session !== this.#options.owner.session)
          this.#sessions.add(row.session);
      }
    }
    return [...living.values()];
  }

  #knows(row: ProcessRow): boolean {
    return this.#members.get(row.pid)?.start === row.start;
  }

  #marked(rows: Iterable<ProcessRow>): ReadonlySet<number> {
    const unknown = [...rows].filter((row) => !this.#knows(row));
    const { pids, complete } = processTable.carriersOf(this.#options.mark, unknown, this.#options.owner);
    this.sawAll = complete;
    return pids;
  }

  /**
   * Those in the control group that are neither ours nor were there before. What the owner starts beside agents, git above all,
   * is in its session: the terminal's, with everything that the operator runs there.
   */
  #aliens(pids: readonly number[]): number[] {
    const { owner, isOurs } = this.#options;
    return pids.filter((pid) => {
      const row = processTable.read(pid);
      if (row === null || isOurs?.(pid) === true) return false;
      return row.session !== owner.session && this.#spared.get(pid) !== row.start;
    });
  }

  /** Pids and session numbers are used again once nobody has them: what is empty now must not claim strangers later. */
  #forgetTheDead(rows: ReadonlyMap<number, ProcessRow>): void {
    for (const { pid, start } of this.#members.values()) {
      if (rows.get(pid)?.start !== start) this.#members.delete(pid);
    }
    const inUse = new Set([...rows.values()].map((row) => row.session));
    for (const session of this.#sessions) {
      const ledByStranger = rows.has(session) && !this.#members.has(session);
      if (ledByStranger || !inUse.has(session)) this.#sessions.delete(session);
    }
  }
}

function ancestry(rows: ReadonlyMap<number, ProcessRow>): { pids: Set<number>; sessions: Set<number> } {
  const pids = new Set<number>();
  const sessions = new Set<number>();
  for (let row = rows.get(process.pid); row && !pids.has(row.pid); row = rows.get(row.parent)) {
    pids.add(row.pid);
    sessions.add(row.session);
  }
  return { pids, sessions };
}
