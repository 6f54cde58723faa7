import { expect, it } from 'vitest';
import { chooseRun } from '../../../src/inspect/run-view.ts';
import { pendingOf } from '../../../src/inspect/waiting.ts';
import { send } from '../../../src/steer/send.ts';
import { storyLog, workspaceOf } from '../web/workspace.ts';

const events = await storyLog();
const asked = events.findIndex(({ event_type: type }) => type === 'question') + 1;

it('a run that no process works on takes a note for its next turn, and no pause, which its resume would make void', async () => {
  using place = workspaceOf(events);
  place.append(events.slice(0, asked));
  const { workspace, runId } = place;
  const run = await chooseRun({ workspace, taskId: null, runId: null });
  for (const kind of ['pause', 'stop'] as const) {
    const message = `${kind}: no process works on ${runId}`;
    const order = { kind, text: null, for: null, by: 'cli' } as const;
    const hint = expect.stringMatching(`: autoloop status --run-id ${runId}$`) as string;
    await expect(send(workspace, run, order)).rejects.toMatchObject({ kind: 'usage', message, hint });
  }
  const sent = await send(workspace, run, { kind: 'note', text: 'Short names.', for: null, by: 'cli' });
  expect(sent.text).toBe('kept: the next turn takes it');
  expect((await pendingOf(workspace, runId)).map(({ kind }) => kind)).toEqual(['note']);
});
