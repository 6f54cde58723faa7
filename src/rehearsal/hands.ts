import { spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** A command's output (both streams) and status. */
export interface Ran {
  readonly command: string;
  readonly output: string;
  readonly stdout: string;
  /** Null when it did not exit by itself. */
  readonly status: number | null;
}

/** Prints one event of codex's JSON lines. */
export type Print = (event: object) => void;

const LONGEST_MS = 30_000;

/** What the agent does in the workspace, each deed told as codex tells it (an item of the turn). Paths are relative to the workspace or absolute. */
export class Hands {
  readonly #workspace: string;
  readonly #print: Print;
  #items = 0;

  constructor(workspace: string, print: Print) {
    this.#workspace = workspace;
    this.#print = print;
  }

  say(text: string): void {
    this.#print({ type: 'item.completed', item: { id: this.#nextId(), type: 'agent_message', text } });
  }

  exists(name: string): boolean {
    return existsSync(this.#resolve(name));
  }

  /** The text of a file; empty for one that is not there. */
  read(name: string): string {
    return this.exists(name) ? readFileSync(this.#resolve(name), 'utf8') : '';
  }

  /** Writes a file unless it holds the text already. */
  write(name: string, text: string): void {
    const kind = this.exists(name) ? 'update' : 'add';
    if (kind === 'update' && this.read(name) === text) return;
    mkdirSync(path.dirname(this.#resolve(name)), { recursive: true });
    writeFileSync(this.#resolve(name), text);
    this.#changed(name, kind);
  }

  append(name: string, text: string): void {
    const before = this.read(name);
    appendFileSync(this.#resolve(name), before === '' || before.endsWith('\n') ? text : `\n${text}`);
    this.#changed(name, 'update');
  }

  /** Runs a shell command in the workspace to its end. */
  run(command: string): Ran {
    const item = { id: this.#nextId(), type: 'command_execution', command };
    const begun = { ...item, aggregated_output: '', exit_code: null, status: 'in_progress' };
    this.#print({ type: 'item.started', item: begun });
    const done = spawnSync('sh', ['-c', command], { cwd: this.#workspace, encoding: 'utf8', timeout: LONGEST_MS });
    if (done.error !== undefined) throw done.error;
    const output = done.stdout + done.stderr;
    const status = done.status === 0 ? 'completed' : 'failed';
    this.#print({
      type: 'item.completed',
      item: { ...item, aggregated_output: output, exit_code: done.status, status },
    });
    return { command, output, stdout: done.stdout, status: done.status };
  }

  #changed(name: string, kind: 'add' | 'update'): void {
    const changes = [{ path: this.#resolve(name), kind }];
    this.#print({
      type: 'item.completed',
      item: { id: this.#nextId(), type: 'file_change', changes, status: 'completed' },
    });
  }

  #resolve(name: string): string {
    return path.resolve(this.#workspace, name);
  }

  #nextId(): string {
    this.#items += 1;
    return `item_${this.#items - 1}`;
  }
}
