import { readdirSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { machineFolder } from '../../../src/files/places.ts';
import { chooseRun } from '../../../src/inspect/run-view.ts';
import { sendAndGoOn } from '../../../src/steer/send-on.ts';
import { type Order, send } from '../../../src/steer/send.ts';
import { storyLog, workspaceOf } from '../web/workspace.ts';

const events = await storyLog();
const asked = events.findIndex(({ event_type: type }) => type === 'question') + 1;
const ORDERS: readonly Order['kind'][] = ['note', 'pause', 'stop', 'answer', 'approve', 'reject', 'resume'];
const order = (kind: Order['kind']): Order => ({ kind, text: 'Do it', for: null, by: 'cli' });

/** A lock as today's release leaves it, and as one did that knew hosts alone. */
const LOCKS = {
  'of today': { host: os.hostname(), boot: 'another boot', pid_namespace: 'pid:[1]' },
  'of an older release': { host: 'build-7', boot: 'another boot' },
};

/** A workspace on a shared disk, whose run another machine has under way up to its question. */
function elsewhere(lock: object, count = asked) {
  const place = workspaceOf(events);
  place.append(events.slice(0, count));
  const holder = { pid: process.pid, start: '1', run_id: place.runId, since: '2026-11-29T10:00:00Z', ...lock };
  writeFileSync(path.join(place.workspace, '.autoloop/lock'), JSON.stringify(holder));
  return place;
}

const inboxes = (workspace: string) => {
  try {
    return readdirSync(path.join(machineFolder(workspace), 'inbox'));
  } catch {
    return [];
  }
};

describe.each(Object.entries(LOCKS))('a run whose lock another machine holds, a lock %s', (_, lock) => {
  it.each(ORDERS)(
    'refuses %s by the name of that machine, and nothing is kept that it would never see',
    async (kind) => {
      using place = elsewhere(lock);
      const run = await chooseRun({ workspace: place.workspace, taskId: null, runId: null });
      for (const sent of [send, sendAndGoOn]) {
        await expect(sent(place.workspace, run, order(kind))).rejects.toMatchObject({
          kind: 'usage',
          message: `${kind}: another machine works on ${place.runId}: ${lock.host}`,
          hint: 'Send it from there.',
        });
      }
      expect(inboxes(place.workspace)).toEqual([]);
    },
  );
});

describe('the run that is meant where none is named', () => {
  const newer = events.map((event) => ({ ...event, run_id: 'run-20990101T000000Z-00000000' }));

  it('is the one that another machine works on, before a newer one that nobody does', async () => {
    using place = elsewhere(LOCKS['of today']);
    place.addRun(newer);
    const query = { workspace: place.workspace, taskId: null, runId: null };
    expect((await chooseRun(query)).runId).toBe(place.runId);
    expect((await chooseRun({ ...query, taskId: 'job' })).runId).toBe(place.runId);
  });

  it('is the latest where the one that another machine has locked is over', async () => {
    using place = elsewhere(LOCKS['of today'], events.length);
    place.addRun(newer);
    const { runId } = await chooseRun({ workspace: place.workspace, taskId: null, runId: null });
    expect(runId).toBe(newer[0]?.run_id);
  });
});
