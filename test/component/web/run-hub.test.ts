import { readFileSync, renameSync, truncateSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { findRun } from '../../../src/store/tasks/lookup.ts';
import type { Row, RunMessage } from '../../../src/web/documents.ts';
import { RunHub } from '../../../src/web/run-hub.ts';
import { watchWorkspace } from '../../../src/web/workspace-watch.ts';
import { lineOf, storyLog, workspaceOf } from './workspace.ts';

const events = await storyLog();

type Place = ReturnType<typeof workspaceOf>;

async function hubOf({ workspace, runId }: Place): Promise<RunHub> {
  return new RunHub(workspace, await findRun({ workspace, taskId: null, runId }));
}

/** As a page does: a row of a known key takes its place. */
function merged(rows: readonly Row[], messages: readonly RunMessage[]): readonly Row[] {
  const byKey = new Map(rows.map((row) => [row.key, row]));
  for (const message of messages) {
    if (message.kind === 'rows') for (const row of message.rows) byKey.set(row.key, row);
  }
  return [...byKey.values()];
}

async function missedSince(hub: RunHub, place: string): Promise<RunMessage[]> {
  const messages: RunMessage[] = [];
  const leave = await hub.follow(place, (message) => messages.push(message));
  leave();
  return messages;
}

describe('a page that comes back', () => {
  it('has what it would have had, wherever in the log it went away', async () => {
    using place = workspaceOf(events);
    const seen: { rows: readonly Row[]; at: string }[] = [];
    const hub = await hubOf(place);
    for (const event of events) {
      place.append([event]);
      await hub.look();
      seen.push({ rows: [...hub.timeline.rows], at: hub.place });
    }
    const whole = hub.timeline.rows;
    expect(whole.length).toBeGreaterThan(20);
    const again = await hubOf(place);
    for (const { rows, at } of seen) {
      expect(merged(rows, await missedSince(hub, at)), at).toEqual(whole);
      expect(merged(rows, await missedSince(again, at)), `${at}, of a server that began anew`).toEqual(whole);
    }
    expect(await missedSince(hub, hub.place)).toMatchObject([{ kind: 'status' }]);
  });

  it('loads anew what is too much to be told, what a place says that nobody has been to, and what is no place', async () => {
    using place = workspaceOf(events);
    place.append(events);
    const hub = await hubOf(place);
    expect((await missedSince(hub, '100000.1.1'))[0]).toEqual({ kind: 'reload' });
    for (const nonsense of ['', 'x', '-1.-1.-1', 'NaN.0.0', '1e9']) await missedSince(hub, nonsense);
    expect(merged([], await missedSince(hub, '…'))).toEqual(hub.timeline.rows);
  });
});

describe('a log that changes under a page', () => {
  it('is told once, though it is cut in the middle of a line, mended, replaced by a copy or gone for a while', async () => {
    using place = workspaceOf(events);
    const hub = await hubOf(place);
    const messages: RunMessage[] = [];
    const half = Math.floor(events.length / 2);
    place.append(events.slice(0, half));
    const leave = await hub.follow('', (message) => messages.push(message));
    const torn = lineOf(events[half]!).slice(0, 25);
    writeFileSync(place.log, torn, { flag: 'a' });
    await hub.look();
    const whole = readFileSync(place.log, 'utf8').length - torn.length;
    truncateSync(place.log, whole);
    place.append(events.slice(half, half + 3));
    await hub.look().catch(() => undefined); // It may have begun in the middle of what was cut off.
    renameSync(place.log, `${place.log}.away`);
    await hub.look();
    writeFileSync(place.log, readFileSync(`${place.log}.away`));
    place.append(events.slice(half + 3));
    await hub.look();
    leave();
    expect(merged([], messages)).toEqual(hub.timeline.rows);
    using plain = workspaceOf(events);
    plain.append(events);
    const other = await hubOf(plain);
    await other.look();
    expect(hub.timeline.rows).toEqual(other.timeline.rows);
  });
});

describe('the runs that a server reads', () => {
  it('are each read by one reader for all pages, and go on for whoever follows one that was let go of', async () => {
    using place = workspaceOf(events);
    place.append(events.slice(0, 5));
    const command = () => Promise.reject(new Error('nothing is sent here'));
    const watched = watchWorkspace({ seen: place.seen, isReadOnly: true, command });
    const heard = await Promise.all(
      [1, 2, 3].map(async () => {
        const rows: string[] = [];
        const run = await watched.run(place.runId);
        const leave = await run.follow('', (message) => {
          if (message.kind === 'rows') rows.push(...message.rows.map(({ key }) => key));
        });
        return { rows, leave };
      }),
    );
    place.append(events.slice(5));
    // One of them asks for the run: what is read for it is told to all.
    await (await watched.run(place.runId)).answer();
    expect(new Set(heard.map(({ rows }) => JSON.stringify(rows))).size).toBe(1);
    expect(heard[0]?.rows.at(-1)).toBe((await (await watched.run(place.runId)).answer()).rows.at(-1)?.key);
    for (const { leave } of heard) leave();
    watched.close();
    await expect(watched.run('run-20200101T000000Z-00000000')).rejects.toThrow('run-20200101T000000Z-00000000');
    await expect(watched.run('../x')).rejects.toThrow('form of a run id');
  });
});
