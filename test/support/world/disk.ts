import type { Command } from '../../../src/core/command.ts';
import type { RunEvent } from '../../../src/core/events.ts';
import type { Pair, Role } from '../../../src/core/vocabulary.ts';

export interface Commit {
  readonly id: string;
  readonly parent: string | null;
  readonly subject: string;
  readonly trailers: readonly string[];
  readonly tree: ReadonlyMap<string, string>;
  /** Paths that differ from the parent's. */
  readonly paths: readonly string[];
}

/** One call of an agent, as it was paid for. */
export interface Call {
  readonly runId: string;
  /** Null, like the role, for an automatic answer. */
  readonly pair: Pair | null;
  readonly phase: string | null;
  readonly role: Role | null;
  readonly cycle: number;
  readonly attempt: number;
  /** The pending note in the prompt. */
  readonly note: string | null;
  readonly session: string | null;
}

/**
 * Everything that outlives a process: the files of the workspace with the state in it, the repository, the logs, and what the
 * world remembers of it (agents called, questions put). Paths are relative to the workspace, which is the repository's top.
 */
export class Disk {
  readonly files: Map<string, string>;
  /** When each path was last written. */
  readonly written: Map<string, number>;
  readonly logs: Map<string, RunEvent[]>;
  readonly commits: Commit[];
  readonly calls: Call[];
  readonly asked: string[];
  /** What waits for the runs of the chain. */
  readonly inbox: Map<string, Command>;
  /** Ids of all commands that were ever sent. */
  readonly sent: Set<string>;
  /** States of the sources that were taken, by id; and every run of a check, as its name and state. */
  readonly trees: Map<string, ReadonlyMap<string, string>>;
  readonly checked: string[];
  branch = 'main';
  ticks = 0;
  /** ms since 1970. */
  time = Date.UTC(2026, 0, 1);
  ids = 0;

  constructor(from?: Disk) {
    this.files = new Map(from?.files);
    this.written = new Map(from?.written);
    this.logs = new Map([...(from?.logs ?? [])].map(([run, events]) => [run, [...events]]));
    this.commits = [...(from?.commits ?? [])];
    this.calls = [...(from?.calls ?? [])];
    this.asked = [...(from?.asked ?? [])];
    this.inbox = new Map(from?.inbox);
    this.sent = new Set(from?.sent);
    this.trees = new Map(from?.trees);
    this.checked = [...(from?.checked ?? [])];
    if (from === undefined) return;
    this.branch = from.branch;
    this.ticks = from.ticks;
    this.time = from.time;
    this.ids = from.ids;
  }

  get head(): Commit | null {
    return this.commits.at(-1) ?? null;
  }

  /** Sending the same command again sends nothing: who sends it is not killed with the run. */
  send(command: Command): void {
    if (this.sent.has(command.id)) return;
    this.sent.add(command.id);
    this.inbox.set(command.id, command);
  }

  put(path: string, content: string | null): void {
    if (content === null) this.files.delete(path);
    else this.files.set(path, content);
    this.written.set(path, (this.ticks += 1));
  }

  below(folder: string): string[] {
    const prefix = `${folder}/`;
    const found: string[] = [];
    for (const path of this.files.keys()) if (path.startsWith(prefix)) found.push(path);
    return found.sort();
  }

  commit(subject: string, trailers: readonly string[], paths: readonly string[]): string | null {
    const parent = this.head;
    const tree = new Map(parent?.tree);
    const changed: string[] = [];
    for (const path of new Set(paths)) {
      const content = this.files.get(path);
      if (tree.get(path) === content) continue;
      changed.push(path);
      if (content === undefined) tree.delete(path);
      else tree.set(path, content);
    }
    if (changed.length === 0) return null;
    const id = `commit-${this.commits.length + 1}`;
    this.commits.push({ id, parent: parent?.id ?? null, subject, trailers, tree, paths: changed.sort() });
    return id;
  }
}
