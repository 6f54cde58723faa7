import { pidsIn } from './control-group.ts';
import type { ProcessId, ProcessRow } from './process-table.ts';
import { processTable } from './platform.ts';

export interface TreeOptions {
  /** The name of the environment variable that marks what we started. */
  readonly mark: string;
  readonly controlGroup: string | null;
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
  readonly #mark: string;
  readonly #controlGroup: string | null;
  readonly #onMember: (member: ProcessId) => void;
  readonly #members = new Map<number, ProcessId>();
  readonly #sessions = new Set<number>();

  constructor(options: TreeOptions) {
    this.#mark = options.mark;
    this.#controlGroup = options.controlGroup;
    this.#onMember = options.onMember ?? (() => undefined);
    for (const member of options.recorded ?? []) this.#members.set(member.pid, member);
  }

  add(member: ProcessId): void {
    if (this.#members.get(member.pid)?.start === member.start) return;
    this.#members.set(member.pid, { pid: member.pid, start: member.start });
    this.#onMember(member);
  }

  /** Looks once, remembers what it finds, returns the living members. Without `marks` no environment is read: half the price. */
  look({ marks }: { readonly marks: boolean }): ProcessId[] {
    const rows = processTable.readAll();
    this.#forgetTheDead(rows);
    const barred = ancestry(rows);
    const strangers = new Map([...rows].filter(([pid]) => !barred.pids.has(pid)));
    const marked = marks ? this.#marked(strangers.values()) : new Set<number>();
    const grouped = new Set(this.#controlGroup === null ? [] : pidsIn(this.#controlGroup));
    const living = new Map<number, ProcessId>();
    for (let before = -1; before < living.size;) {
      before = living.size; // Again until a round adds none: a child may be listed before its parent.
      for (const row of strangers.values()) {
        const related = this.#knows(row) || living.has(row.parent) || this.#sessions.has(row.session);
        if (!related && !marked.has(row.pid) && !grouped.has(row.pid)) continue;
        strangers.delete(row.pid);
        living.set(row.pid, { pid: row.pid, start: row.start });
        this.add(row);
        // Session 0 stands for any session that this container cannot see.
        if (row.session !== 0 && !barred.sessions.has(row.session)) this.#sessions.add(row.session);
      }
    }
    return [...living.values()];
  }

  #knows(row: ProcessRow): boolean {
    return this.#members.get(row.pid)?.start === row.start;
  }

  #marked(rows: Iterable<ProcessRow>): Set<number> {
    const unknown = [...rows].filter((row) => !this.#knows(row));
    return processTable.carriersOf(
      this.#mark,
      unknown.map((row) => row.pid),
    );
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
