import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import type { RunStatus } from '../../../src/core/vocabulary.ts';
import { taskTrees, type TaskTree } from '../../../src/work/worktrees/record.ts';
import { type TreeWish, taskWorkspace } from '../../../src/work/worktrees/make.ts';
import { cycle, ended, logged, PRODUCED, started, turn, verdict } from '../../unit/core/story.ts';

export const RUN = 'run-20261123T184954Z-0a1b2c3d';

/** A repository in which tasks get work trees of their own, without a run being paid for. */
export class TreeBed {
  readonly root = realpathSync(mkdtempSync(path.join(tmpdir(), 'trees-')));
  readonly workspace: string;
  readonly said: string[] = [];
  readonly warn = (text: string): number => this.said.push(text);

  constructor(name = 'repo') {
    this.workspace = path.join(this.root, name);
    mkdirSync(this.workspace);
    onTestFinished(() => rmSync(this.root, { recursive: true, force: true }));
    this.git('init', '-q', '-b', 'main', '--template=');
    for (const [key, value] of [
      ['user.name', 'Pat'],
      ['user.email', 'pat@example.org'],
      ['core.fsync', 'none'],
    ]) {
      this.git('config', key ?? '', value ?? '');
    }
    this.write('base.txt', 'as it was\n');
    this.write('.gitignore', '*.ign\n');
    this.commit('base');
  }

  git(...args: string[]): string {
    return this.gitAt(this.workspace, ...args);
  }

  gitAt(cwd: string, ...args: string[]): string {
    return execFileSync('git', args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] }).toString();
  }

  write(name: string, text: string, top = this.workspace): void {
    mkdirSync(path.dirname(path.join(top, name)), { recursive: true });
    writeFileSync(path.join(top, name), text);
  }

  read(name: string, top = this.workspace): string | null {
    const file = path.join(top, name);
    return existsSync(file) ? readFileSync(file, 'utf8') : null;
  }

  commit(subject: string, top = this.workspace): string {
    this.gitAt(top, 'add', '-A');
    this.gitAt(top, 'commit', '-qm', subject, '--allow-empty');
    return this.gitAt(top, 'rev-parse', 'HEAD').trim();
  }

  status(top = this.workspace): string[] {
    return this.gitAt(top, 'status', '--porcelain', '-uall').split('\n').slice(0, -1);
  }

  branches(): string[] {
    return this.git('for-each-ref', '--format=%(refname:short)', 'refs/heads').trim().split('\n');
  }

  make(taskId: string, wish: Partial<TreeWish> = {}): Promise<string> {
    const plain = { place: null, branch: null, base: null, acceptConfig: false };
    const says = { line: (text: string) => this.said.push(text), warn: this.warn };
    return taskWorkspace({ workspace: this.workspace, taskId, ...plain, ...wish }, says);
  }

  tree(taskId: string): TaskTree {
    const found = taskTrees(path.join(this.workspace, '.git')).find((tree) => tree.taskId === taskId);
    if (found === undefined) throw new Error(`task ${taskId} has no work tree`);
    return found;
  }

  /** A task whose run ended so, with a commit that adds `<task>.txt`, as a run leaves it. */
  async done(taskId: string, status: RunStatus | null = 'success', wish: Partial<TreeWish> = {}): Promise<TaskTree> {
    await this.make(taskId, wish);
    const tree = this.tree(taskId);
    const run = `.autoloop/tasks/${taskId}/runs/${RUN}`;
    const opened = [started(), { event_type: 'pair_started', pair: 'plan' } as const, ...cycle(1)];
    const work = [...turn('producer', PRODUCED), ...turn('verifier', verdict('complete'))];
    const closed = { event_type: 'pair_completed', pair: 'plan', cycle: 1, attempt: 1 } as const;
    const bodies = [...opened, ...work, closed, ...(status === null ? [] : [ended(status)])];
    const events = logged(bodies).map((event) => `${JSON.stringify({ ...event, run_id: RUN })}\n`);
    const ignored = ['.gitignore', 'lock', '*.tmp', 'turns/', 'diagnostics.log'].join('\n');
    this.write('.autoloop/.gitignore', `${ignored}\n`, tree.workspace);
    this.write(`.autoloop/tasks/${taskId}/task.json`, '{"request_text":"Do it"}', tree.workspace);
    this.write(`${run}/events.jsonl`, events.join(''), tree.workspace);
    this.write(`${run}/turns/001/output.log`, 'what it said\n', tree.workspace);
    this.write(`${run}/diagnostics.log`, '{}\n', tree.workspace);
    this.write(`${taskId}.txt`, 'made\n', tree.top);
    this.commit(`work of ${taskId}`, tree.top);
    return tree;
  }

  /** Puts a program in front of git that does `script` for each call first, with the call as `$*`. */
  inFrontOfGit(script: string): void {
    const before = process.env['PATH'] ?? '';
    const bin = path.join(this.root, 'bin');
    mkdirSync(bin, { recursive: true });
    const real = execFileSync('git', ['--exec-path']).toString().trim();
    writeFileSync(path.join(bin, 'git'), `#!/bin/sh\n${script}\nexec "${real}/git" "$@"\n`);
    chmodSync(path.join(bin, 'git'), 0o755);
    process.env['PATH'] = `${bin}:${before}`;
    onTestFinished(() => {
      process.env['PATH'] = before;
    });
  }
}
