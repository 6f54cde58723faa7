import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { machineFolder } from '../../src/files/places.ts';
import { Inbox } from '../../src/store/inbox.ts';
import { createRig, type Rig } from '../support/rig.ts';

/** As many as of a run that is sent nothing: `npm run test:crash` makes 200. */
const KILLS = Number(process.env.CRASH_KILLS ?? 40);
const START = ['--task-id', 'story', '--intent', 'Build it', '--pairs', 'plan,implement'];
const NOTES = ['Keep the old names.', 'Look at the edges.', 'No new packages.'];

/** From the first sight of a run to its end. */
let wholeMs = 0;

beforeAll(async () => {
  await using rig = await createRig();
  const running = rig.start(START);
  await running.sees(/Run ID: run-/);
  const begun = performance.now();
  const { code } = await running.done;
  if (code !== 0) throw new Error(rig.report());
  wholeMs = performance.now() - begun;
});

describe('notes on their way to a run that is killed', () => {
  const shares = Array.from({ length: KILLS }, (_, nth) => (nth + 0.5) / KILLS);
  it.concurrent.each(shares)(
    'are each in its log once, told to a turn, and none is left (at %f of its time)',
    async (share) => {
      await using rig = await createRig();
      const running = rig.start(START);
      const [, runId = ''] = await running.sees(/Run ID: (run-\S+)/);
      const kill = setTimeout(() => running.signal('SIGKILL'), share * wholeMs);
      const inbox = inboxIn(rig, runId);
      // Senders do not wait for each other.
      await Promise.all(NOTES.map((text) => inbox.put({ kind: 'note', text, for: null, by: 'cli' })));
      const { code } = await running.done;
      clearTimeout(kill);
      const hasRun = rig.runs().some((run) => rig.events(run).length > 0);
      if (code !== 0) expect((await rig.run(hasRun ? ['--resume'] : START)).code, rig.report()).toBe(0);
      if (!hasRun) return; // Killed before there was a run: its notes went nowhere, and it begins anew.
      const answers = rig
        .events()
        .flatMap((event) => (event.event_type === 'clarified' ? [event.clarification.answer] : []));
      expect(answers.toSorted(), rig.report()).toEqual(NOTES.toSorted());
      for (const note of NOTES) expect(rig.turns().some(({ prompt }) => prompt.includes(note))).toBe(true);
      expect(await inbox.read()).toEqual({ commands: [], unreadable: [] });
    },
  );
});

function inboxIn(rig: Rig, runId: string): Inbox {
  const state = path.join(rig.sandbox.env.HOME ?? '', '.local/state');
  return new Inbox(path.join(machineFolder(rig.workspace, { XDG_STATE_HOME: state }), 'inbox', runId));
}
