import { afterEach, describe, expect, it, vi } from 'vitest';
import { pageApp } from '../../../src/web/app.ts';
import type { TasksMessage } from '../../../src/web/documents.ts';
import type { Watched } from '../../../src/web/watched.ts';

const never = () => Promise.reject(new Error('nobody asks for this'));

/** What a page follows that a test tells it, and how many follow. */
function toldByHand() {
  const readers = new Set<(message: TasksMessage) => void>();
  const watched: Watched = {
    tasks: never,
    run: never,
    command: never,
    followTasks: (tell) => {
      readers.add(tell);
      return Promise.resolve(() => void readers.delete(tell));
    },
    close: () => undefined,
  };
  return {
    readers,
    app: pageApp(watched),
    /** About so many characters to all. */
    tell: (characters: number) => {
      const task = { task_id: 'x'.repeat(characters) } as never;
      for (const tell of [...readers]) tell({ kind: 'tasks', tasks: [task] });
    },
  };
}

type Told = ReturnType<typeof toldByHand>;

const feedOf = ({ app }: Told, browser = 'one') => app.request('/api/feed', { headers: { 'x-client': browser } });

/** Lets what is under way in this process go on, until it is as expected. */
async function settled(isSo: () => boolean): Promise<void> {
  for (let turns = 0; !isSo(); turns += 1) {
    if (turns > 10_000) throw new Error('it does not come to that');
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** A reader of a feed; each call gives what came next, as text. */
function readerOf(feed: Response) {
  const reader = feed.body!.pipeThrough(new TextDecoderStream()).getReader();
  return async () => (await reader.read()).value ?? null;
}

afterEach(() => void vi.useRealTimers());

describe('a feed that nobody reads', () => {
  it('keeps no more than 4 MB for its reader, and is then left, while others read on', async () => {
    const told = toldByHand();
    const silent = await feedOf(told, 'silent');
    const read = readerOf(await feedOf(told, 'reads'));
    await settled(() => told.readers.size === 2);
    let characters = 0;
    while (told.readers.size === 2 && characters < 10_000_000) {
      told.tell(100_000);
      characters += 100_000;
      expect((await read())?.length).toBeGreaterThan(100_000);
    }
    expect(characters).toBeLessThan(4_400_000);
    expect(told.readers.size).toBe(1);
    told.tell(10);
    expect(await read()).toContain('"task_id":"xxxxxxxxxx"');
    expect(silent.body).not.toBeNull();
  });

  it('is left after three heartbeats, however little is told; one that reads hears all of them', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const told = toldByHand();
    const silent = await feedOf(told, 'silent');
    const read = readerOf(await feedOf(told, 'reads'));
    await settled(() => told.readers.size === 2);
    for (let beats = 0; told.readers.size === 2 && beats < 10; beats += 1) {
      vi.advanceTimersByTime(15_000);
      expect(await read()).toBe(': here\n\n');
      await new Promise((resolve) => setImmediate(resolve)); // The server hears that it was read.
    }
    expect(told.readers.size).toBe(1);
    vi.advanceTimersByTime(15_000);
    expect(await read()).toBe(': here\n\n');
    expect(silent.bodyUsed).toBe(false);
  });

  it('is left at once when its reader goes away', async () => {
    const told = toldByHand();
    const feed = await feedOf(told);
    await settled(() => told.readers.size === 1);
    await feed.body?.cancel();
    await settled(() => told.readers.size === 0);
  });
});

describe('feeds that are open at once', () => {
  it('are four of one browser: the oldest is told that another window took its place, and ends', async () => {
    const told = toldByHand();
    const readers = [];
    for (let count = 1; count <= 4; count += 1) readers.push(readerOf(await feedOf(told)));
    await settled(() => told.readers.size === 4);
    const fifth = readerOf(await feedOf(told));
    const [first] = readers;
    expect(await first?.()).toContain('{"kind":"elsewhere"}');
    expect(await first?.()).toBeNull();
    await settled(() => told.readers.size === 4);
    told.tell(5);
    for (const read of [...readers.slice(1), fifth]) expect(await read()).toContain('xxxxx');
  });

  it('are 64 of all browsers: the next is refused until one has left, and a browser can still change windows', async () => {
    const told = toldByHand();
    const feeds: Response[] = [];
    for (let count = 0; count < 64; count += 1) feeds.push(await feedOf(told, `browser ${String(count >> 2)}`));
    await settled(() => told.readers.size === 64);
    expect((await feedOf(told, 'late')).status).toBe(503);
    expect((await feedOf(told, 'browser 3')).status).toBe(200);
    await feeds[0]?.body?.cancel();
    await feeds[1]?.body?.cancel();
    await settled(() => told.readers.size <= 63);
    expect((await feedOf(told, 'late')).status).toBe(200);
  });
});
