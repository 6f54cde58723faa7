import { execSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Rig } from './rig.ts';

/** How many calls are disturbed of all that there are: `npm run test:calls` disturbs each one. */
export const SAMPLE = process.env['CRASH_CALLS'] === 'all' ? Infinity : Number(process.env['CRASH_CALLS'] ?? 8);

/** A call of the system: the nth of its name in one process. */
export interface Moment {
  readonly call: string;
  readonly nth: number;
}

/** Whether the calls of a program can be followed and disturbed here. */
export const hasStrace = spawnSync('strace', ['-o', '/dev/null', 'true']).status === 0;

/** What changes files. */
const CHANGING =
  'open openat rename renameat renameat2 unlink unlinkat mkdir mkdirat rmdir link linkat symlinkat truncate ftruncate fchmod utimensat fsync fdatasync write pwrite64'.split(
    ' ',
  );
/** For `strace -e`: those that this system does not know are passed over. */
export const CALLS = `trace=${CHANGING.map((name) => `?${name}`).join(',')}`;

/** The calls in a trace of one process (`strace -y`) that change a file below one of these folders, in order. */
export function momentsIn(trace: string, folders: readonly string[]): readonly Moment[] {
  const counts = new Map<string, number>();
  return trace.split('\n').flatMap((line) => {
    const call = /^(?:\d+ +)?(\w+)\(/.exec(line)?.[1];
    if (call === undefined) return [];
    const nth = (counts.get(call) ?? 0) + 1;
    counts.set(call, nth);
    const changes = !call.startsWith('open') || line.includes('O_CREAT');
    return changes && folders.some((folder) => line.includes(folder)) ? [{ call, nth }] : [];
  });
}

/** The words before a program for which this happens at that moment: `signal=KILL`, `error=EIO`. */
export function injecting({ call, nth }: Moment, what: string): string[] {
  return ['strace', '-o', '/dev/null', '-e', `trace=${call}`, '-e', `inject=${call}:${what}:when=${nth}`];
}

/** Puts this in the place of git: shell, in which `$git` is the real one and `$n` tells the how manieth call it is. */
export function insteadOfGit({ sandbox: { root } }: Rig, shell: string): void {
  const git = execSync('command -v git', { encoding: 'utf8' }).trim();
  // Two at once do not make the same file (noclobber).
  const count = `git=${git}; n=1; set -C; until { true > "${root}/call-$n"; } 2> /dev/null; do n=$((n + 1)); done; set +C`;
  writeFileSync(path.join(root, 'bin/git'), `#!/bin/sh\n${count}\n${shell}\n`, { mode: 0o755 });
}

/** So many of them, spread over all. */
export function spread<T>(all: readonly T[], most: number): readonly T[] {
  const step = Math.max(1, all.length / most);
  const picked = Array.from({ length: Math.min(all.length, most) }, (_, at) => all[Math.floor((at + 0.5) * step)]);
  return picked.filter((one) => one !== undefined);
}

/** Two at a time; each finding with where it was. The first dozen are enough to tell what is wrong. */
export async function eachOf<T>(
  all: readonly T[],
  nameOf: (one: T) => string,
  attempt: (one: T) => Promise<readonly string[]>,
): Promise<string[]> {
  const found: string[] = [];
  const left = [...all];
  const worker = async () => {
    for (let one = left.shift(); one !== undefined && found.length < 12; one = left.shift()) {
      const name = nameOf(one);
      found.push(...(await attempt(one)).map((text) => `${name}: ${text}`));
    }
  };
  await Promise.all([worker(), worker()]);
  return found;
}

/** What must be the same wherever a run was stopped: files, the user's index but for the state, commits, and what was completed. */
export interface End {
  readonly tree: string;
  readonly index: readonly string[];
  readonly staged: string;
  /** The message that the user was about to commit with. */
  readonly draft: string;
  readonly subjects: readonly string[];
  readonly completed: number;
  readonly turns: number;
}

export function endOf(rig: Rig): End {
  const entries = rig.git('ls-files', '--stage').split('\n');
  const events = rig.runs().flatMap((run) => rig.events(run));
  const sources = rig.commits().flatMap(({ subject, files }) => (files.some(isSource) ? [subject] : []));
  return {
    tree: rig.treeHash(),
    index: entries.filter((line) => !line.includes('\t.autoloop/')),
    staged: rig.git('diff', '--cached', '--binary'),
    draft: rig.read('.git/COMMIT_EDITMSG'),
    // What a killed agent had written by then is committed by itself, under the subject of the turn that is taken again.
    subjects: sources.filter((subject, at) => subject !== sources[at - 1]),
    completed: events.filter((event) => event.event_type === 'pair_completed').length,
    turns: rig.turns().length,
  };
}

const isSource = (file: string) => !file.startsWith('.autoloop/');

/** What a run that was disturbed and gone on with came to otherwise than one that was not; one line each. */
export async function differences(rig: Rig, code: number | null, { turns, ...wanted }: End): Promise<string[]> {
  if (code !== 0) return [`it ended with ${code ?? 'a signal'}: ${rig.report()}`];
  const { turns: played, ...end } = endOf(rig);
  const found = JSON.stringify(end) === JSON.stringify(wanted) ? [] : [`${JSON.stringify(end)}: ${rig.report()}`];
  if (played > turns + 1) found.push(`${played} turns: ${rig.report()}`);
  const broken = await rig.checkPromises().then(
    () => [],
    (error: unknown) => [`${String(error)}: ${rig.report()}`],
  );
  return [...found, ...broken];
}
