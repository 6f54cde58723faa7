import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect } from 'vitest';
import { Problem, type ProblemKind } from '../../../src/core/problem.ts';
import { openRepository } from '../../../src/git/repository.ts';
import type { RepositoryOptions } from '../../../src/git/repository.ts';
import { createRunner } from '../../../src/git/runner.ts';
import type { GitCall, GitOutput, GitRunner } from '../../../src/git/runner.ts';
import type { GitWorkTree } from '../../../src/git/work-tree-port.ts';
import type { CommitResult, GitPath, Observation } from '../../../src/run/git-port.ts';

/** A person's repository, and what the person and the agents do in it. Paths are latin1 strings, as git's are. */
export class Playground {
  readonly dir: string;

  constructor(dir = path.join(root(), `r${(made += 1)}`)) {
    this.dir = dir;
    mkdirSync(dir, { recursive: true });
  }

  /** An empty repository of a person called Pat. */
  static repository(...init: string[]): Playground {
    const ground = new Playground();
    ground.git('init', '-q', '-b', 'main', '--template=', ...init);
    // What a test writes need not survive a power cut: waiting for the disk is most of its time.
    const settings = '[user]\n\tname = Pat\n\temail = pat@example.org\n[core]\n\tfsync = none\n';
    appendFileSync(path.join(ground.dir, '.git/config'), settings);
    return ground;
  }

  /** One with a commit of some files. */
  static withFiles(...init: string[]): Playground {
    const ground = Playground.repository(...init);
    for (const name of ['a.txt', 'b.txt', 'd/c.txt', 'd/e.txt', 'user1.txt', 'user2.txt', 'user3.txt']) {
      ground.write(name, `${name}\n`);
    }
    ground.write('.gitignore', '*.ign\nignored/\n');
    ground.commitAll('base');
    return ground;
  }

  commitAll(subject: string): void {
    this.git('add', '-A');
    this.git('commit', '-qm', subject);
  }

  git(...args: string[]): string {
    const stdio = ['ignore', 'pipe', 'pipe'] as ('ignore' | 'pipe')[];
    return execFileSync('git', args, { cwd: this.dir, maxBuffer: 1 << 28, stdio }).toString('latin1');
  }

  /** For commands that are expected to fail. */
  try(...args: string[]): void {
    try {
      this.git(...args);
    } catch {
      // The state that the failure leaves is what the test is about.
    }
  }

  write(name: GitPath, content: string | Buffer = 'x\n', mode?: number): void {
    const end = name.lastIndexOf('/');
    if (end > 0) mkdirSync(this.at(name.slice(0, end)), { recursive: true });
    writeFileSync(this.at(name), content);
    if (mode !== undefined) chmodSync(this.at(name), mode);
  }

  link(name: GitPath, target: string): void {
    symlinkSync(Buffer.from(target, 'latin1'), this.at(name));
  }

  remove(name: GitPath): void {
    rmSync(this.at(name), { recursive: true, force: true });
  }

  at(name: GitPath): Buffer {
    return Buffer.concat([Buffer.from(`${this.dir}/`), Buffer.from(name, 'latin1')]);
  }

  read(name: string): string | null {
    const file = path.join(this.dir, name);
    return existsSync(file) ? readFileSync(file, 'utf8') : null;
  }

  gitFiles(): string[] {
    return readdirSync(path.join(this.dir, '.git')).filter((name) => /autoloop|lock/.test(name));
  }

  /** Every kind of thing that a person may have in progress. */
  leavePersonalState(): void {
    this.write('user1.txt', 'staged\n');
    this.git('add', 'user1.txt');
    this.write('user1.txt', 'staged, then edited\n');
    this.write('user2.txt', 'edited\n');
    this.git('rm', '-q', '--cached', 'user3.txt');
    this.write('staged new.txt', 'new\n');
    this.git('add', 'staged new.txt');
    this.write('intended.txt');
    this.git('add', '-N', 'intended.txt');
    this.write('untracked.txt');
  }

  /** What the person sees of it. */
  personalView(): object {
    return {
      staged: this.git('diff', '--cached'),
      raw: this.git('diff', '--cached', '--raw', '-z', '--no-abbrev'),
      status: this.git('status', '--porcelain', '-z', '-uall'),
    };
  }

  /** The names that a commit changes. */
  committed(commit = 'HEAD'): GitPath[] {
    const names = this.git('show', '--format=', '--name-only', '-z', '--no-renames', commit, '--');
    return names
      .split('\0')
      .filter((name) => name !== '')
      .sort();
  }

  head(): string {
    return this.git('rev-parse', 'HEAD').trim();
  }

  async open(options: RepositoryOptions & { sub?: string } = {}): Promise<GitWorkTree> {
    const opened = await openRepository(path.join(this.dir, options.sub ?? ''), { lockWaitMs: 100, ...options });
    if (opened.kind !== 'repository') throw new Error(`no repository: ${opened.kind}`);
    return opened.tree;
  }
}

let made = 0;
let folder: string | null = null;

export function root(): string {
  folder ??= realpathSync(mkdtempSync(path.join(tmpdir(), 'autoloop-git-')));
  return folder;
}

/** Removes what a test file made; called once in each. */
export function cleanUp(): void {
  afterAll(() => {
    if (folder !== null) rmSync(folder, { recursive: true, force: true });
    folder = null;
  });
}

export interface Turn extends CommitResult {
  readonly before: Observation;
  readonly after: Observation;
  /** What changed, and what of it was taken. */
  readonly changed: readonly GitPath[];
  readonly taken: readonly GitPath[];
}

/** One turn as the loop takes it: look, let the agent work, look again, commit what it changed and may be committed. */
export async function turn(tree: GitWorkTree, agent: () => void, id = 'run/1'): Promise<Turn> {
  const before = await tree.observe();
  agent();
  const after = await tree.observe();
  const { paths: changed } = await tree.changes(before, after);
  const taken = tree.select(changed, before).commit;
  const result = await tree.commit({ paths: taken, subject: 'autoloop: a turn', id });
  return { before, after, changed, taken, ...result };
}

/** A runner that lets a test act before a command, or play its outcome. */
export function watchedRunner(
  around: (command: string, run: () => Promise<GitOutput>) => Promise<GitOutput>,
): GitRunner & { readonly commands: string[] } {
  const real = createRunner();
  const commands: string[] = [];
  return {
    commands,
    get count() {
      return real.count;
    },
    run(cwd: string, args: readonly string[], call?: GitCall) {
      const command = args[0] ?? '';
      commands.push(command);
      return around(command, () => real.run(cwd, args, call));
    },
  };
}

/** The work fails with a Problem of one line that has these words. */
export async function expectProblem(
  work: Promise<unknown>,
  words: string | RegExp,
  kind: ProblemKind = 'git',
): Promise<void> {
  const problem = await work.then(
    () => null,
    (error: unknown) => error,
  );
  if (!(problem instanceof Problem)) throw new Error('it did not fail with a Problem', { cause: problem });
  expect(problem.kind).toBe(kind);
  expect(problem.message).toMatch(words);
  expect(problem.message).not.toMatch(/\p{Cc}/u);
}
