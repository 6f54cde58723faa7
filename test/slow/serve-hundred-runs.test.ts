import { mkdirSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../../src/core/events.ts';
import type { RunMessage, TasksMessage } from '../../src/web/documents.ts';
import { watchWorkspace } from '../../src/web/workspace-watch.ts';
import { lineOf, storyLog, workspaceOf } from '../component/web/workspace.ts';
import { pageFeed } from '../support/page-feed.ts';
import { until } from '../support/marked-processes.ts';
import { createRig } from '../support/rig.ts';

const RUNS = 100;
const events = await storyLog();

/** A run of a task of its own, which somebody may follow from its first event to its last. */
function addRun(workspace: string, number: number, whole: readonly RunEvent[] = events) {
  const model = whole[0]?.run_id ?? '';
  const runId = `${model.slice(0, -8)}${number.toString(16).padStart(8, '0')}`;
  const task = path.join(workspace, '.autoloop/tasks', `task-${String(number)}`);
  const run = path.join(task, 'runs', runId);
  mkdirSync(run, { recursive: true });
  writeFileSync(path.join(task, 'task.json'), JSON.stringify({ task_id: `task-${String(number)}` }));
  const append = (some: readonly RunEvent[]) =>
    writeFileSync(path.join(run, 'events.jsonl'), some.map(lineOf).join('').replaceAll(model, runId), { flag: 'a' });
  return { runId, append };
}

/** The rows of a page, as the messages of its feed make them. */
function pageRows() {
  const rows = new Map<string, unknown>();
  return {
    take: (message: RunMessage) => {
      if (message.kind === 'rows') for (const row of message.rows) rows.set(row.key, row);
    },
    all: () => [...rows.values()],
  };
}

/** What this process holds: bytes of objects that are still reachable, once it watches as much as it should. */
async function heldHere(watches: number): Promise<number> {
  const watched = () => process.getActiveResourcesInfo().filter((kind) => kind === 'FSEventWrap').length;
  for (let turns = 0; watched() !== watches; turns += 1) {
    if (turns > 100_000) throw new Error(`${String(watched())} folders are watched, not ${String(watches)}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed;
}

/** Of another process: its descriptors by what they are, the folders that it watches, and its memory in MB. */
function heldBy(pid: number) {
  const names = readdirSync(`/proc/${String(pid)}/fd`);
  const kinds = names.flatMap((name) => {
    try {
      return [readlinkSync(`/proc/${String(pid)}/fd/${name}`).replace(/\d+/g, 'N')];
    } catch {
      return []; // It was closed meanwhile.
    }
  });
  const infos = names.map((name) => {
    try {
      return readFileSync(`/proc/${String(pid)}/fdinfo/${name}`, 'latin1');
    } catch {
      return '';
    }
  });
  const watches = infos.join('').match(/^inotify wd:/gm)?.length ?? 0;
  const memory = Number(/^VmRSS:\s*(\d+)/m.exec(readFileSync(`/proc/${String(pid)}/status`, 'latin1'))?.[1]) / 1024;
  return { descriptors: kinds.length, watches, memory };
}

/** The same once it has come to rest: while it works it keeps folders open for the moment. */
async function heldAtRest(pid: number) {
  let last = heldBy(pid);
  await until(
    () => `it does not come to rest: ${String(last.descriptors)} descriptors`,
    () => {
      const before = last.descriptors;
      last = heldBy(pid);
      return last.descriptors === before;
    },
  );
  return last;
}

describe('a server that was there before the first run', () => {
  it('holds after a hundred what it held after thirty', async () => {
    using place = workspaceOf([]);
    rmSync(path.join(place.workspace, '.autoloop'), { recursive: true });
    const command = () => Promise.reject(new Error('nothing is sent here'));
    const watched = watchWorkspace({ seen: place.seen, isReadOnly: true, command });
    let listed = 0;
    const leaveList = await watched.followTasks((message: TasksMessage) => {
      if (message.kind === 'tasks') listed = message.tasks.length;
    });
    expect(listed).toBe(0);
    let early = 0;
    for (let number = 1; number <= RUNS; number += 1) {
      const { runId, append } = addRun(place.workspace, number);
      append(events.slice(0, 20));
      const run = await watched.run(runId);
      const page = pageRows();
      const leave = await run.follow('', page.take);
      append(events.slice(20));
      const { rows } = await run.answer();
      expect(page.all()).toEqual(rows);
      leave();
      await watched.tasks();
      expect(listed).toBe(number);
      if (number === 30) early = await heldHere(2);
    }
    const late = await heldHere(2);
    leaveList();
    watched.close();
    await heldHere(0);
    expect((late - early) / (RUNS - 30), 'bytes that each run left behind').toBeLessThan(10_000);
  });

  it.runIf(process.platform === 'linux')(
    'as the built program does, with a page that follows each of them',
    async () => {
      await using rig = await createRig();
      const server = rig.start(['serve'], { timeoutMs: 600_000 });
      const [address] = await server.sees(/^http:\/\/127\.0\.0\.1:\d+\/#token=[\w-]+$/m);
      const list = await pageFeed<TasksMessage>(address, 'feed');
      await rig.run(['--intent', 'Build it', '--task-id', 'first', '--pairs', 'plan,implement']);
      const model = rig.events();
      await list.until((message) => message.kind === 'tasks' && message.tasks[0]?.status === 'success');
      let early = await heldAtRest(server.pid);
      for (let number = 1; number < RUNS; number += 1) {
        const { runId, append } = addRun(rig.workspace, number, model);
        append(model.slice(0, 5));
        const feed = await pageFeed<RunMessage>(address, `runs/${runId}/feed`);
        append(model.slice(5));
        await feed.until((message) => message.kind === 'status' && message.status.status === 'success');
        await feed.leave();
        if (number === 30) early = await heldAtRest(server.pid);
      }
      await list.until((message) => message.kind === 'tasks' && message.tasks.length === RUNS);
      const late = await heldAtRest(server.pid);
      // One feed may be just about to be closed.
      expect(late.watches).toBeLessThanOrEqual(early.watches + 3);
      expect(late.descriptors).toBeLessThanOrEqual(early.descriptors + 2);
      expect(late.memory).toBeLessThan(Math.min(150, early.memory + 25));
      await list.leave();
      server.signal('SIGTERM');
      expect((await server.done).code).toBe(143);
    },
  );
});
