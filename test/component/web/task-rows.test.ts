import { expect, it } from 'vitest';
import { stateFiles } from '../../../src/store/layout.ts';
import { lockFor } from '../../../src/work/locks.ts';
import { taskRows } from '../../../src/web/task-rows.ts';
import { storyLog, workspaceOf } from './workspace.ts';

const events = await storyLog();
const asked = events.findIndex(({ event_type: type }) => type === 'question');
const answered = events.findIndex(({ event_type: type }, at) => at > asked && type === 'clarified');

it('the list of tasks marks a run that waits in its process for an answer, and says how much it has done', async () => {
  using place = workspaceOf(events);
  place.append(events.slice(0, asked));
  await using lock = await lockFor(stateFiles(place.workspace).lock, place);
  const row = async () => (await taskRows(place.workspace, []))[0];
  expect(lock).toBeDefined();
  expect(await row()).toMatchObject({ status: 'running', needs_person: false, where: 'implement of one' });
  place.append(events.slice(asked, answered));
  const ends = (type: string) => type === 'phase_finished' || type === 'auto_answer_finished';
  const turns = events.slice(0, answered).filter(({ event_type: type }) => ends(type)).length;
  expect(await row()).toMatchObject({ status: 'running', needs_person: true, where: 'waits for an answer', turns });
});
