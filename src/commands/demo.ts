import { mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { layerOfKeys } from '../config/layer-values.ts';
import { isThere } from '../files/door.ts';
import { filesBelow, foldersIn } from '../files/folders.ts';
import { recentCommits } from '../git/history.ts';
import { createDemoWorkspace } from '../rehearsal/demo-project.ts';
import { SCRIPT } from '../rehearsal/project.ts';
import { quoted } from '../inspect/resume-command.ts';
import { startRun } from '../work/start.ts';
import { atTerminal } from '../terminal/at-terminal.ts';
import { resolveWorkspace } from '../work/given-workspace.ts';

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
  const { intent } = createDemoWorkspace(folder);
  const workspace = resolveWorkspace(folder);
  const runs = path.join(workspace, '.autoloop', 'tasks', TASK, 'runs');
  print('A rehearsal: a scripted agent plays every part, and no model is called. The loop, the git');
  print(`repository, the code and its tests are real. The project is made in ${workspace}\n`);
  const request = { workspace, taskId: TASK, intent, given: {}, overlay: REHEARSED };
  const code = await atTerminal(workspace, (io) => startRun(request, io));
  if (code !== 0) return code;
  print('\nCommits, the newest first:');
  for (const line of await recentCommits(workspace, 60)) print(`  ${line}`);
  print(`\nWhat the agents wrote for each other, below ${runs}:`);
  for (const file of artifactsBelow(runs)) print(`  ${file}`);
  print('\nWhat was built:');
  print(`  sh ${quoted(path.join(workspace, SCRIPT))} 2026`);
  print('\nWhat the check has shown, to be opened in a browser:');
  for (const file of reportsBelow(runs)) print(`  ${file}`);
  print('\nA real run, with codex, and with claude:');
  for (const line of REAL_RUNS) print(`  ${line}`);
  return 0;
}

/** Absolute paths of the runs' pages. */
function reportsBelow(runs: string): string[] {
  return foldersIn(runs)
    .map((name) => path.join(runs, name, 'report.html'))
    .filter((file) => isThere(file, 'file'));
}

/** Paths from the folder of the runs. */
function artifactsBelow(runs: string): string[] {
  return filesBelow(runs)
    .map((file) => path.relative(runs, file))
    .filter((name) => name.includes(`${path.sep}artifacts${path.sep}`))
    .sort();
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
