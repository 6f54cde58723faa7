import { expect, it } from 'vitest';
import type { RunMessage, TaskRow, TasksMessage } from '../../src/web/documents.ts';
import { type PageFeed, pageFeed } from '../support/page-feed.ts';
import type { RemoteTurn } from '../support/remote-turns.ts';
import { createRig } from '../support/rig.ts';

const NAMES = ['one', 'two', 'three'];

const activitiesOf = ({ messages }: PageFeed<RunMessage>) =>
  messages.flatMap((message) => (message.kind === 'activity' ? [message.activity.text] : []));

function turnsOf({ messages }: PageFeed<RunMessage>): readonly string[] {
  const rows = messages.flatMap((message) => (message.kind === 'rows' ? message.rows : []));
  const turns = new Map(rows.flatMap((row) => (row.kind === 'turn' ? [[row.key, row] as const] : [])));
  return [...turns.values()].map(({ pair, role, outcome }) => `${pair} ${role} ${outcome ?? 'goes on'}`);
}

it('three runs at once are each followed by a window, and all by the list: nothing is mixed up, missing or told twice', async () => {
  await using rig = await createRig({
    script: { rules: [{ pair: 'implement', role: 'producer', remote: true }] },
  });
  const server = rig.start(['serve']);
  const [address] = await server.sees(/^http:\/\/127\.0\.0\.1:\d+\/#token=[\w-]+$/m);
  const list = await pageFeed<TasksMessage>(address, 'feed');
  const runs = [];
  const turns: RemoteTurn[] = [];
  for (const name of NAMES) {
    const pairs = ['--pairs', 'plan,implement', '--worktree'];
    runs.push(rig.start(['--intent', `Build ${name}`, '--task-id', name, ...pairs]));
    turns.push(await rig.nextTurn());
  }
  const areAllAtWork = (tasks: readonly TaskRow[]) => tasks.filter(({ status }) => status === 'running').length === 3;
  const told = await list.until((message) => message.kind === 'tasks' && areAllAtWork(message.tasks));
  const tasks = told.kind === 'tasks' ? told.tasks : [];
  expect(tasks.map(({ task_id: id }) => id).sort()).toEqual(NAMES.toSorted());
  const windows = [];
  for (const name of NAMES) {
    const runId = tasks.find(({ task_id: id }) => id === name)?.run_id ?? '';
    windows.push(await pageFeed<RunMessage>(address, `runs/${runId}/feed`));
  }
  // In turn, twice over: each window hears its own agent alone.
  for (const round of ['first', 'second']) {
    for (const [at, name] of NAMES.entries()) {
      const words = `echo ${name} ${round}`;
      await turns[at]?.act({ shell: [words] });
      await windows[at]?.until((message) => message.kind === 'activity' && message.activity.text.includes(words));
    }
  }
  for (const at of [2, 0, 1]) {
    await turns[at]?.finish({ write: { [`${NAMES[at] ?? ''}.txt`]: 'done\n' } });
    await windows[at]?.until((message) => message.kind === 'status' && message.status.status === 'success');
  }
  expect((await Promise.all(runs.map(({ done }) => done))).map(({ code }) => code)).toEqual([0, 0, 0]);
  await list.until((message) => message.kind === 'tasks' && message.tasks.every(({ status }) => status === 'success'));
  for (const [at, name] of NAMES.entries()) {
    const window = windows[at]!;
    const heard = activitiesOf(window).filter((text) => text.includes('echo '));
    expect(heard.map((text) => /echo (\w+ \w+)/.exec(text)?.[1])).toEqual([`${name} first`, `${name} second`]);
    expect(turnsOf(window)).toEqual([
      'plan producer produced',
      'plan verifier complete',
      'implement producer produced',
      'implement verifier complete',
    ]);
  }
  server.signal('SIGTERM');
  expect((await server.done).code).toBe(143);
});
