import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { openBench } from '../../src/checks/bench.ts';
import { openFolderBench } from '../../src/checks/folder-bench.ts';
import type { CheckProcesses } from '../../src/checks/processes.ts';
import { apply } from '../../src/core/apply.ts';
import { findingText } from '../../src/core/checks/status.ts';
import type { EventBody, RunEvent } from '../../src/core/events.ts';
import { type RunState, UNBORN } from '../../src/core/state.ts';
import type { ConfiguredCheck, EvidenceSettings, Settings } from '../../src/core/settings.ts';
import { createRunner } from '../../src/git/runner.ts';
import { performChecks } from '../../src/run/checks/perform.ts';
import { Loop } from '../../src/run/loop.ts';
import type { Ports } from '../../src/run/ports.ts';
import { PROJECT } from './compiled.ts';

/** Texts by path; null: the file is removed. A text that begins with `->` is a symbolic link. */
export type Files = Readonly<Record<string, string | null>>;

export interface BedOptions {
  readonly files: Files;
  /** Without any, the project's own are looked for. */
  readonly checks?: readonly (Partial<ConfiguredCheck> & Pick<ConfiguredCheck, 'run'>)[];
  readonly evidence?: Partial<EvidenceSettings>;
  /** What git ignores, made before the base. */
  readonly prepare?: (folder: string) => void;
  /** The files that no checkpoint takes; without it, nothing is committed. */
  readonly leaves?: readonly string[];
  /** The run does without git. */
  readonly withoutGit?: { readonly mostFiles?: number };
}

/** What a run would make of the sources as they are: what keeps it from being verified, and what is only shown. */
export interface Verdict {
  readonly verdict: string;
  readonly gating: readonly string[];
  readonly shown: readonly string[];
  /** How many processes of checks it took. */
  readonly runs: number;
}

export interface Announced {
  readonly test: string;
  readonly reason?: string;
}

/**
 * A project in a repository of its own, judged as at the end of a run, without any agent or loop: the change of an agent is put in
 * place, and every check runs on as many states as it takes. The base is run once.
 */
export class CheckBed {
  readonly folder: string;
  /** What a person was warned of. */
  readonly warnings: string[] = [];
  readonly #options: BedOptions;
  readonly #kept = new Map<string, unknown>();
  #ports: Ports | null = null;
  #base: RunState | null = null;
  #runs = 0;
  #gits: { readonly count: number } = { count: 0 };
  #last: Loop | null = null;

  constructor(options: BedOptions) {
    this.#options = options;
    this.folder = mkdtempSync(path.join(os.tmpdir(), 'check-bed-'));
    mkdirSync(this.work);
    this.put(options.files);
    this.git('init', '-q', '-b', 'main');
    this.git('config', 'user.name', 'a');
    this.git('config', 'user.email', 'a@example.org');
    this.git('add', '-A');
    this.git('commit', '-qm', 'first');
    options.prepare?.(this.work);
  }

  get work(): string {
    return path.join(this.folder, 'work');
  }

  git(...args: string[]): string {
    return execFileSync('git', args, { cwd: this.work, encoding: 'utf8' });
  }

  put(files: Files): void {
    for (const [name, text] of Object.entries(files)) {
      const file = path.join(this.work, name);
      rmSync(file, { recursive: true, force: true });
      if (text === null) continue;
      mkdirSync(path.dirname(file), { recursive: true });
      if (text.startsWith('->')) symlinkSync(text.slice(2), file);
      else writeFileSync(file, text, { mode: text.startsWith('#!') ? 0o755 : 0o644 });
    }
  }

  async judge(change: Files, announced: readonly Announced[] = []): Promise<Verdict> {
    this.git('checkout', '-q', '--detach');
    this.git('reset', '-q', '--hard', 'main');
    this.git('clean', '-qffd');
    const ports = (this.#ports ??= await this.#open());
    this.#base ??= await this.#judgeBase(ports);
    this.put(change);
    this.#checkpoint();
    const before = this.#runs;
    const announcing = apply(this.#base, this.#eventOf(announcedBy(announced), this.#base.seq + 1));
    const loop = new Loop(ports, this.#settings(), announcing);
    this.#last = loop;
    const stop = await performChecks(loop, { do: 'check', at: 'end', scope: null, closesPhase: false });
    if (stop !== null) throw new Error(stop.reason ?? stop.status);
    const judged = loop.state.checks.judged.end;
    if (judged === undefined) throw new Error('nothing was judged');
    const texts = (gates: boolean) => judged.findings.filter((one) => one.gates === gates).map(findingText);
    return { verdict: judged.verdict, gating: texts(true), shown: texts(false), runs: this.#runs - before };
  }

  #checkpoint(): void {
    const { leaves } = this.#options;
    if (leaves === undefined) return;
    this.git('add', '-A', '--', '.', ...leaves.map((name) => `:(exclude)${name}`));
    this.git('commit', '-q', '--allow-empty', '-m', 'a checkpoint');
  }

  /** What the next moment of the same run costs, after the sources were left as they are but for a commit of them. */
  async again(): Promise<{ readonly runs: number; readonly gits: number; readonly verdict: string }> {
    if (this.#last === null) throw new Error('nothing was judged before');
    this.git('add', '-A');
    this.git('commit', '-q', '--allow-empty', '-m', 'a checkpoint');
    const [runs, gits] = [this.#runs, this.#gits.count];
    await performChecks(this.#last, { do: 'check', at: 'end', scope: null, closesPhase: false });
    const verdict = this.#last.state.checks.judged.end?.verdict ?? 'none';
    return { runs: this.#runs - runs, gits: this.#gits.count - gits, verdict };
  }

  async close(): Promise<void> {
    await this.#ports?.checks?.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  async #judgeBase(ports: Ports): Promise<RunState> {
    const loop = new Loop(ports, this.#settings(), UNBORN);
    await loop.record(started(this.#settings()));
    const stop = await performChecks(loop, { do: 'check', at: 'base', scope: null, closesPhase: false });
    if (stop !== null) throw new Error(stop.reason ?? stop.status);
    return loop.state;
  }

  async #open(): Promise<Ports> {
    const env = { ...process.env, ...TOOLS };
    const runner = createRunner({ workspace: this.work });
    this.#gits = runner;
    const cache = path.join(this.folder, 'cache');
    const processes = this.#processes();
    const { withoutGit } = this.#options;
    const common = { workspace: this.work, cache, processes, env };
    const checks =
      withoutGit === undefined ? await openBench({ ...common, runner }) : openFolderBench({ ...common, ...withoutGit });
    const turns = path.join(this.folder, 'turns');
    mkdirSync(turns);
    const digest = (document: unknown) => createHash('sha256').update(JSON.stringify(document)).digest('hex');
    let seq = 0;
    const store = {
      files: { turns, workspace: this.work },
      digest,
      keep: async (_kind: string, document: unknown) => {
        this.#kept.set(digest(document), document);
        return Promise.resolve(digest(document));
      },
      recall: async (name: string) => Promise.resolve(this.#kept.get(name) ?? null),
      append: async (body: EventBody) => Promise.resolve(this.#eventOf(body, (seq += 1))),
      saveRunMetadata: async () => Promise.resolve(),
      opened: UNBORN,
      taskFolder: '.autoloop/tasks/t',
    };
    const narrator = {
      event: () => undefined,
      line: () => undefined,
      warn: (text: string) => this.warnings.push(text),
    };
    const git = this.#options.leaves === undefined ? null : {};
    const world = { store, git, checks, narrator, stop: new AbortController().signal };
    return world as unknown as Ports;
  }

  #eventOf(body: EventBody, seq: number): RunEvent {
    return { ts: '2026-01-01T00:00:00.000Z', run_id: 'run-1', seq, ...body };
  }

  #settings(): Settings {
    const { checks, evidence } = this.#options;
    const configured = checks?.map((check, at) => ({ ...CHECK, name: `check-${at + 1}`, ...check })) ?? null;
    return {
      provider: { name: 'codex' },
      checks: configured,
      evidence: { ...EVIDENCE, ...evidence },
    } as unknown as Settings;
  }

  #processes(): CheckProcesses {
    return {
      run: async ({ run, joined, cwd, env, onLine }) => {
        this.#runs += 1;
        const text = typeof run === 'string' ? run : run.map((word) => `'${word}'`).join(' ');
        const child = spawn('/bin/sh', ['-c', joined ? `exec 2>&1\n${text}` : text], { cwd, env, stdio: PIPES });
        const lines = createInterface({ input: child.stdout });
        lines.on('line', onLine);
        child.stderr.resume();
        const [exitCode] = await Promise.all([
          new Promise<number | null>((resolve) => child.on('close', resolve)),
          new Promise<void>((resolve) => lines.on('close', resolve)),
        ]);
        return { ending: 'exited', exitCode, durationMs: 1, notices: [] };
      },
    };
  }
}

const PIPES = ['ignore', 'pipe', 'pipe'] as ['ignore', 'pipe', 'pipe'];

const CHECK: ConfiguredCheck = {
  name: 'test',
  run: 'true',
  parser: 'auto',
  results: null,
  when: 'auto',
  gate: null,
  heldBack: false,
  timeoutMinutes: 10,
};

const EVIDENCE: EvidenceSettings = {
  mode: 'auto',
  setup: null,
  carry: ['node_modules'],
  keep: null,
  where: 'auto',
  guards: [],
  retries: 1,
  maxMinutes: null,
};

function started(settings: Settings): EventBody {
  const facts = { workspace: '/w', pairs: ['implement', 'test'], max_iterations: 3, use_git: true, task_id: 't' };
  return { event_type: 'run_started', ...facts, task_root: 't', parent_run_id: null, settings } as EventBody;
}

function announcedBy(announced: readonly Announced[]): EventBody {
  const changes = announced.map(({ test, reason = 'it is asked for' }) => ({ test, criterion: 'AC-1', reason }));
  return {
    event_type: 'phase_scope_resolved',
    phase_mode: 'single',
    phase_ids: [],
    explicit: false,
    current_phase_index: 0,
    test_changes: changes.map((change) => ({ phase_id: 'phase-1', ...change })),
  };
}

/** Tools keep what they need in the user's home, which a test has not. */
const HOME = os.userInfo().homedir;
const TOOLS = {
  RUSTUP_HOME: process.env['RUSTUP_HOME'] ?? path.join(HOME, '.rustup'),
  GOCACHE: path.join(PROJECT, 'node_modules/.cache/go-build'),
  GOFLAGS: '',
  CARGO_NET_OFFLINE: 'true',
  PYENV_VERSION: process.env['PYENV_VERSION'] ?? '',
};

/** Whether a command line works here; what needs it is skipped, and says so by its name. */
export function works(command: string): boolean {
  return spawnSync('/bin/sh', ['-c', command], { env: { ...process.env, ...TOOLS }, stdio: 'ignore' }).status === 0;
}
