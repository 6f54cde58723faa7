import { createHash } from 'node:crypto';
import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync, type Stats, statSync } from 'node:fs';
import path from 'node:path';
import type { RunEvent } from '../../src/core/events.ts';
import type { AgentCall, CallResult } from './fake-agent/script.ts';
import { gitIn, type Sandbox } from './sandbox.ts';

export interface RunFolder {
  readonly taskId: string;
  readonly runId: string;
  readonly path: string;
}

export interface Commit {
  readonly hash: string;
  readonly subject: string;
  /** The message after the subject. */
  readonly body: string;
  readonly author: string;
  readonly files: readonly string[];
}

/** A recorded turn, with its end unless it was killed. */
export type Played = AgentCall & { readonly result: CallResult | null };

/**
 * Every run in the workspace, parents before their follow-ups, else in the order in which they were created. What a kill left of a run
 * that has no name yet (`run-….tmp`) is none.
 */
export function readRuns(workspace: string): RunFolder[] {
  const tasks = path.join(workspace, '.autoloop/tasks');
  const runs = folders(tasks).flatMap((taskId) =>
    folders(path.join(tasks, taskId, 'runs'))
      .filter((name) => !name.endsWith('.tmp'))
      .map((runId) => ({ taskId, runId, path: path.join(tasks, taskId, 'runs', runId) })),
  );
  return runs.sort((a, b) => firstTime(a) - firstTime(b) || (a.runId < b.runId ? -1 : 1));
}

/** The log as it stands; a line that is not JSON is an error that names it. */
export function readEvents(run: RunFolder): RunEvent[] {
  const file = path.join(run.path, 'events.jsonl');
  const lines = textOf(file).split('\n');
  return lines.flatMap((line, at) => {
    if (line === '') return [];
    try {
      return [JSON.parse(line) as RunEvent];
    } catch {
      throw new Error(`${file}:${at + 1} is not JSON: ${line}`);
    }
  });
}

export function readTurns(agents: string): Played[] {
  const dir = path.join(agents, 'calls');
  const names = existsSync(dir) ? readdirSync(dir).filter((name) => /^\d+\.json$/.test(name)) : [];
  return names.sort().flatMap((name) => {
    const text = readFileSync(path.join(dir, name), 'utf8');
    if (text === '') return []; // Killed before it could say what it was asked.
    const result = path.join(dir, name.replace('.json', '.result.json'));
    const end = existsSync(result) ? (JSON.parse(readFileSync(result, 'utf8')) as CallResult) : null;
    return [{ ...(JSON.parse(text) as AgentCall), result: end }];
  });
}

/** One of the lists that the fakes keep: `probes`, `signals`, `leftovers`. */
export function readList<T>(agents: string, list: string): T[] {
  const file = path.join(agents, `${list}.jsonl`);
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as T);
}

/** Commits of the current branch, oldest first. */
export function readCommits(sandbox: Sandbox): Commit[] {
  const format = '%x1e%H%x1f%s%x1f%b%x1f%an <%ae>%x1f';
  const log = gitIn(sandbox, [
    'log',
    '--reverse',
    '--root',
    '-m',
    '--first-parent',
    '-z',
    '--name-only',
    `--format=${format}`,
    'HEAD',
  ]);
  return log
    .split('\x1e')
    .slice(1)
    .map((entry) => {
      const [hash = '', subject = '', body = '', author = '', files = ''] = entry.split('\x1f');
      return {
        hash,
        subject,
        body: body.trim(),
        author,
        files: files
          .split('\0')
          .map((name) => name.replace(/^\n+/, ''))
          .filter((name) => name !== ''),
      };
    });
}

/** A hash over names, modes and contents below a folder; `except`: names at its top that do not count. */
export function hashFolder(folder: string, except: readonly string[] = []): string {
  const hash = createHash('sha256');
  const walk = (relative: string): void => {
    for (const name of readdirSync(path.join(folder, relative)).sort()) {
      if (relative === '' && except.includes(name)) continue;
      const inner = path.join(relative, name);
      const file = path.join(folder, inner);
      const info = lstatSync(file);
      hash.update(`${inner}\0${info.mode.toString(8)}\0`);
      if (info.isDirectory()) walk(inner);
      else hash.update(info.isSymbolicLink() ? readlinkSync(file) : readFileSync(file));
    }
  };
  walk('');
  return hash.digest('hex');
}

/** Nothing where there is no such file, or what stands in its place was never written as one: a pipe, a folder, ten gigabytes. */
function textOf(file: string): string {
  const found = standing(file);
  return found?.isFile() === true && found.size < 64 * 1024 * 1024 ? readFileSync(file, 'utf8') : '';
}

/** Null where nothing can be reached by that name. */
function standing(name: string): Stats | null {
  try {
    return statSync(name);
  } catch {
    return null;
  }
}

function folders(dir: string): string[] {
  if (standing(dir)?.isDirectory() !== true) return [];
  return readdirSync(dir, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}

function firstTime(run: RunFolder): number {
  const file = path.join(run.path, 'events.jsonl');
  const line = textOf(file).split('\n', 1)[0] ?? '';
  try {
    return Date.parse((JSON.parse(line) as RunEvent).ts);
  } catch {
    return Number.MAX_SAFE_INTEGER; // No event yet: the newest.
  }
}
