import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { spawn, type ChildProcess } from 'node:child_process';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ProcessRequest, ProcessResult } from '../../../src/supervision/open-process.ts';
import { startSupervisor, type Supervisor } from '../../../src/supervision/supervisor.ts';
import { supervisedBinary } from '../../support/compiled.ts';
import { commandLine, mentioning, see, seeFromFile, until, type Seen } from '../../support/supervised-processes.ts';

/** A temporary folder for one test, which ends whatever still names it when the test is over. */
export class Bed implements AsyncDisposable {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'autoloop-supervision-'));
  readonly logFile = path.join(this.folder, 'turn.log');
  readonly ledgers = path.join(this.folder, 'ledger');
  readonly lines: string[] = [];
  readonly #supervisors: Supervisor[] = [];

  file(name: string): string {
    return path.join(this.folder, name);
  }

  /** A supervisor in this process, closed with the bed. Without a control group unless asked for: it would hide the other rules. */
  supervisor(options: { readonly controlGroup?: boolean } = {}): Supervisor {
    const supervisor = startSupervisor({
      directory: this.ledgers,
      selfArgv: [supervisedBinary()],
      controlGroup: options.controlGroup ?? false,
    });
    this.#supervisors.push(supervisor);
    return supervisor;
  }

  /** A request to run `script` with sh; its lines go to `lines`. */
  shell(script: string, changes: Partial<ProcessRequest> = {}): ProcessRequest {
    return {
      command: 'sh',
      args: ['-c', script],
      cwd: this.folder,
      env: this.environment(),
      input: '',
      logFile: this.logFile,
      onLine: (line) => this.lines.push(line),
      idleTimeoutMs: 30_000,
      turnTimeoutMs: 30_000,
      graceMs: 10_000,
      stop: new AbortController().signal,
      ...changes,
    };
  }

  /** Runs `script` under a supervisor of its own. */
  async run(script: string, changes: Partial<ProcessRequest> = {}): Promise<ProcessResult> {
    return this.supervisor().run(this.shell(script, changes));
  }

  environment(): NodeJS.ProcessEnv {
    return { PATH: process.env['PATH'], BED: this.folder };
  }

  /** Starts the driver, a program of its own that supervises `command`. */
  drive(command: readonly string[], program: readonly string[] = [supervisedBinary()]): Driven {
    const [file = '', ...args] = [...program, this.folder, ...command];
    const child = spawn(file, args, {
      cwd: this.folder,
      env: this.environment(),
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    return new Driven(child);
  }

  writeHostileAgent(): string {
    const file = this.file('hostile.sh');
    writeFileSync(file, HOSTILE);
    chmodSync(file, 0o755);
    return file;
  }

  /** Waits until all of the hostile agent's processes are up, on record, and as far out of sight as they get. */
  async hostileReady(): Promise<Seen[]> {
    const all = await Promise.all(
      HOSTILE_NAMES.map((name) => until(`the hostile agent's ${name}`, () => seeFromFile(this.file(name)))),
    );
    // What carries no mark has to be seen while its parent lives.
    for (const name of ['bare', 'orphan']) {
      const { pid, start } = seeFromFile(this.file(name))!;
      await until(`${name} on record`, () => this.ledgerText().includes(`\n${pid} ${start}\n`));
    }
    writeFileSync(this.file('release'), '');
    const parent = await until('the parent', () => Number(this.text('parent')));
    await until('the orphan to be one', () => see(parent) === null);
    return all;
  }

  text(name: string): string {
    return existsSync(this.file(name)) ? readFileSync(this.file(name), 'latin1') : '';
  }

  ledgerFiles(): string[] {
    return existsSync(this.ledgers) ? readdirSync(this.ledgers) : [];
  }

  ledgerText(): string {
    return this.ledgerFiles()
      .map((name) => readFileSync(path.join(this.ledgers, name), 'latin1'))
      .join('');
  }

  watchdogs(): number[] {
    return this.processes().filter((pid) => commandLine(pid).includes('--internal-watchdog'));
  }

  /** Everything on this machine that names the bed, watchdogs included. */
  processes(): number[] {
    return mentioning(this.folder).filter((pid) => see(pid) !== null);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#supervisors.map((supervisor) => supervisor.close()));
    for (const pid of this.processes()) killIfThere(pid);
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

export interface DriverReport {
  readonly result: ProcessResult;
  readonly lines: number;
  readonly characters: number;
  readonly peakBytes: number;
}

/** The driver at work. */
export class Driven {
  readonly pid: number;
  readonly exited: Promise<number | null>;
  readonly #child: ChildProcess;
  #output = '';

  constructor(child: ChildProcess) {
    this.#child = child;
    this.pid = child.pid!;
    child.stdout!.on('data', (chunk: Buffer) => (this.#output += chunk.toString()));
    this.exited = new Promise((resolve) => child.once('close', resolve));
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  async report(): Promise<DriverReport> {
    await this.exited;
    return JSON.parse(this.#output) as DriverReport;
  }
}

export function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended by itself.
  }
}

const HOSTILE_NAMES = ['agent', 'child', 'session', 'double', 'bare', 'adopted', 'orphan'] as const;

/**
 * An agent that ignores signals and starts processes in every way that gets them out of sight; each writes its pid into
 * the bed: a plain child, one in a session of its own, a double fork, one without our environment, one that has lost its
 * parent as well, and one that has lost its environment, its session and then its parent.
 */
const HOSTILE = `#!/bin/sh
trap '' INT TERM HUP
hold='trap "" INT TERM HUP; echo $$ > "$BED/$0.new"; mv "$BED/$0.new" "$BED/$0"; exec tail -f /dev/null'
sh -c "$hold" child &
setsid sh -c "$hold" session &
setsid -f sh -c "$hold" double
env -i BED="$BED" PATH="$PATH" sh -c "$hold" bare &
(env -i BED="$BED" PATH="$PATH" sh -c "$hold" adopted &)
setsid sh -c 'echo $$ > "$BED/parent"; env -i BED="$BED" PATH="$PATH" setsid sh -c "$1" orphan &
  until [ -e "$BED/release" ]; do sleep 0.05; done' parent "$hold" &
echo $$ > "$BED/agent.new"; mv "$BED/agent.new" "$BED/agent"
while :; do sleep 1 & wait $!; done
`;
