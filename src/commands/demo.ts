import { mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { printable } from '../config/found.ts';
import { layerOfKeys } from '../config/layer-values.ts';
import { Problem } from '../core/problem.ts';
import { isErrno } from '../files/disk-problem.ts';
import { isThere, readText } from '../files/door.ts';
import { FileFault } from '../files/fault.ts';
import { filesBelow, foldersIn } from '../files/folders.ts';
import { recentCommits } from '../git/history.ts';
import { createDemoWorkspace, DEMO_README, type DemoWorkspace } from '../rehearsal/demo-project.ts';
import { SCRIPT } from '../rehearsal/project.ts';
import { quoted } from '../core/shell-word.ts';
import { startRun } from '../work/start.ts';
import { atTerminal } from '../terminal/at-terminal.ts';
import { resolveWorkspace } from '../work/given-workspace.ts';
import { stateFiles, taskFiles } from '../store/layout.ts';

const TASK = 'demo';

/** The scripted agent plays every part, whatever the folder's own configuration says. */
const REHEARSED = layerOfKeys('autoloop demo', { 'provider.name': 'rehearsal', 'runtime.full_auto_answers': true });

const REAL_RUNS = [
  'cd ~/your/project && autoloop --intent "What you want shipped"',
  'cd ~/your/project && autoloop init --provider claude && autoloop --intent "What you want shipped"',
];

/** `autoloop demo`: the whole loop on a small project, played by the scripted rehearsal agent. Resolves with the exit code. */
export async function demo(given: string | null): Promise<number> {
  const folder = given === null ? mkdtempSync(path.join(os.tmpdir(), 'autoloop-demo-')) : path.resolve(given);
  const { intent } = demoIn(folder);
  const workspace = resolveWorkspace(folder);
  const runs = taskFiles(stateFiles(workspace), TASK).runs;
  print('A rehearsal: a scripted agent plays every part, and no model is called.');
  print('The loop, the git repository, the code and its tests are real.');
  print(`The project: ${workspace}\n`);
  const request = { workspace, taskId: TASK, intent, given: {}, overlay: REHEARSED };
  const code = await atTerminal(workspace, (io) => startRun(request, io));
  if (code !== 0) return code;
  print('\nCommits, the newest first:');
  for (const line of await recentCommits(workspace, 60)) print(`  ${line}`);
  print(`\nWhat the agents wrote for each other, below ${runs}:`);
  for (const line of artifactsBelow(runs)) print(`  ${line}`);
  print('\nWhat was built:');
  print(`  sh ${quoted(path.join(workspace, SCRIPT))} 2026`);
  print('\nWhat the check has shown, to be opened in a browser:');
  for (const file of reportsBelow(runs)) print(`  ${file}`);
  print('\nA real run, with codex, and with claude:');
  for (const line of REAL_RUNS) print(`  ${line}`);
  return 0;
}

/**
 * A demo commits, so it is never made among the files of somebody; one that was begun before goes on. Throws a Problem for a folder that
 * holds anything else or cannot be made, and where there is no git.
 */
function demoIn(folder: string): DemoWorkspace {
  const refused = (why: string) =>
    new Problem('usage', `--workspace ${printable(folder)} ${why}: give a new or an empty folder`);
  try {
    const made = createDemoWorkspace(folder);
    if (made.created || isDemo(folder)) return made;
  } catch (error) {
    if (!isErrno(error)) throw error;
    if (error.path === 'git')
      throw new Problem('git', 'the demo needs git, which was not found on PATH', 'Install git.');
    throw refused(`cannot be written (${error.code})`);
  }
  throw refused('holds files already, and the demo would commit among them');
}

function isDemo(folder: string): boolean {
  try {
    return readText(path.join(folder, 'README.md')) === DEMO_README;
  } catch (error) {
    if (error instanceof FileFault) return false;
    throw error;
  }
}

/** Absolute paths of the runs' pages. */
function reportsBelow(runs: string): string[] {
  return foldersIn(runs)
    .map((name) => path.join(runs, name, 'report.html'))
    .filter((file) => isThere(file, 'file'));
}

/** What is worth reading first of each run, as paths from the folder of the runs, and how much else there is. */
function artifactsBelow(runs: string): string[] {
  const all = filesBelow(runs)
    .map((file) => path.relative(runs, file))
    .filter((name) => name.includes(`${path.sep}artifacts${path.sep}`))
    .sort();
  const first = all.filter((name) => READ_FIRST.includes(path.basename(name)));
  return [...first, `and ${all.length - first.length} more: criteria, feedback, evidence`];
}

const READ_FIRST = ['plan.md', 'gap_report.md'];

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
