import { mkdtempSync, readdirSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Layer } from '../config/layer.ts';
import { recentCommits } from '../git/history.ts';
import { createDemoWorkspace } from '../rehearsal/demo-project.ts';
import { startCommand } from './start.ts';
import { resolveWorkspace } from './workspace.ts';

const TASK = 'demo';

/** The scripted agent plays every part, whatever the folder's own configuration says. */
const REHEARSED: Layer = {
  file: 'autoloop demo',
  values: { provider: { name: 'rehearsal', roles: null }, runtime: { full_auto_answers: true } },
  places: new Map(),
};

/** `autoloop demo`: the whole loop on a small project, played by the scripted rehearsal agent. Resolves with the exit code. */
export async function demo(given: string | null): Promise<number> {
  const folder = given === null ? mkdtempSync(path.join(os.tmpdir(), 'autoloop-demo-')) : path.resolve(given);
  const { intent } = createDemoWorkspace(folder);
  const workspace = resolveWorkspace(folder);
  print('A rehearsal: a scripted agent plays every part, and no model is called. The loop, the git');
  print(`repository, the code and its tests are real. The project is made in ${workspace}\n`);
  const code = await startCommand({ workspace, taskId: TASK, intent, given: {}, overlay: REHEARSED });
  if (code !== 0) return code;
  print('\nCommits, the newest first:');
  for (const line of await recentCommits(workspace, 60)) print(`  ${line}`);
  print('\nArtifacts of the runs:');
  for (const file of artifactsBelow(path.join(workspace, '.autoloop', 'tasks', TASK, 'runs'))) print(`  ${file}`);
  print('\nA real run, with codex, and with claude:');
  print('  autoloop --workspace ~/your/project --intent "What you want shipped"');
  print(
    '  cd ~/your/project && echo "provider: {name: claude}" > autoloop.yaml && autoloop --intent "What you want shipped"',
  );
  return 0;
}

function artifactsBelow(runs: string): string[] {
  return readdirSync(runs, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.parentPath.includes(`${path.sep}artifacts${path.sep}`))
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort();
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
