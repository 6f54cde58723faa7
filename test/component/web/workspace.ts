import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { RunEvent } from '../../../src/core/events.ts';
import { longStory } from '../../support/world/stories.ts';
import { newDisk, start } from '../../support/world/world.ts';

/** The log of the first run of a long story: two phases, a question, a rejection, an audit with a gap. */
export async function storyLog(): Promise<readonly RunEvent[]> {
  const story = longStory();
  const disk = newDisk(story);
  await start(disk, story);
  return [...disk.logs.values()][0] ?? [];
}

export const lineOf = (event: RunEvent) => `${JSON.stringify(event)}\n`;

/** A workspace with one run, whose log a test writes; nothing else of a run is there. */
export function workspaceOf(events: readonly RunEvent[]) {
  const workspace = mkdtempSync(path.join(tmpdir(), 'watched-'));
  const runId = events[0]?.run_id ?? '';
  const task = path.join(workspace, '.autoloop/tasks/job');
  const run = path.join(task, 'runs', runId);
  mkdirSync(run, { recursive: true });
  writeFileSync(path.join(task, 'task.json'), JSON.stringify({ task_id: 'job' }));
  const log = path.join(run, 'events.jsonl');
  return {
    workspace,
    runId,
    run,
    log,
    append: (more: readonly RunEvent[]) => appendFileSync(log, more.map(lineOf).join('')),
    /** One more run of the task, with this log. */
    addRun: (more: readonly RunEvent[]) => {
      const folder = path.join(task, 'runs', more[0]?.run_id ?? '');
      mkdirSync(folder);
      writeFileSync(path.join(folder, 'events.jsonl'), more.map(lineOf).join(''));
    },
    seen: { workspace, elsewhere: () => [], homeOf: () => workspace },
    [Symbol.dispose]: () => rmSync(workspace, { recursive: true, force: true }),
  };
}
