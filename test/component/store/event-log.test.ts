import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { EventBody } from '../../../src/core/events.ts';
import { openEventLog, readEventsOnly } from '../../../src/store/log/event-log.ts';
import { syncs } from '../../../src/files/replace.ts';
import { failing, logText, NOW, RUN, temporaryFolder, TS } from './rig.ts';
import type { Operation } from './rig.ts';

const NOTICED: EventBody = { event_type: 'noticed', kind: 'test', detail: 'é' };

function logFile(text: string): string {
  const file = path.join(temporaryFolder(), 'events.jsonl');
  writeFileSync(file, text);
  return file;
}

async function openLog(file: string, fails: (operation: Operation, file: string) => boolean = () => false) {
  const said: string[] = [];
  const options = { file, runId: RUN, now: () => NOW, warn: (text: string) => said.push(text) };
  return { ...(await openEventLog({ ...options, ops: failing('ENOSPC', fails) })), said };
}

describe('appending to the log', () => {
  it('writes one line with the next seq, synced once', async () => {
    const file = logFile(logText(2));
    const { log, warning } = await openLog(file);
    const before = syncs.count;
    expect(await log.append(NOTICED)).toEqual({ ts: TS, run_id: RUN, seq: 3, ...NOTICED });
    expect(syncs.count - before).toBe(1);
    expect(warning).toBeNull();
    expect(readFileSync(file, 'utf8')).toBe(
      `${logText(2)}{"ts":"${TS}","run_id":"${RUN}","seq":3,"event_type":"noticed","kind":"test","detail":"é"}\n`,
    );
  });

  it('lets lines that follow from those before them wait for the next one to be synced', async () => {
    const { log } = await openLog(logFile(logText(2)));
    const before = syncs.count;
    await log.append({ event_type: 'cycle_started', pair: 'plan', cycle: 1, attempt: 1, phase_id: null });
    await log.append({ event_type: 'checkpoint', subject: 's', commit: null });
    expect(syncs.count - before).toBe(0);
    await log.append(NOTICED);
    expect(syncs.count - before).toBe(1);
  });

  it('keeps the order of events that are appended at once', async () => {
    const file = logFile('');
    const { log } = await openLog(file);
    const events = await Promise.all(Array.from({ length: 20 }, () => log.append(NOTICED)));
    expect(events.map((event) => event.seq)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
    expect(await readEventsOnly(file)).toEqual(events);
  });

  it.each<Operation>(['open', 'write', 'datasync'])(
    'leaves no part of an event behind when the disk is full at its %s, and goes on when there is room',
    async (operation) => {
      const file = logFile(logText(1));
      let isFull = true;
      const { log, said } = await openLog(file, (at) => isFull && at === operation);
      await expect(log.append(NOTICED)).rejects.toThrow(`disk full at ${file}`);
      expect(readFileSync(file, 'utf8')).toBe(logText(1));
      isFull = false;
      expect((await log.append(NOTICED)).seq).toBe(2);
      expect(await readEventsOnly(file)).toHaveLength(2);
      expect(said).toEqual([]);
    },
  );

  it('writes the log whole when an agent takes the file or its folder away at the moment of the append', async () => {
    for (const taken of ['.', 'events.jsonl']) {
      const file = path.join(temporaryFolder(), 'run', 'events.jsonl');
      mkdirSync(path.dirname(file));
      writeFileSync(file, logText(2));
      let isThere = true;
      const { log } = await openLog(file, (at, name) => {
        if (at === 'open' && name === file && isThere)
          rmSync(path.join(path.dirname(file), taken), { recursive: true });
        isThere = false;
        return false;
      });
      expect((await log.append(NOTICED)).seq).toBe(3);
      expect((await log.append(NOTICED)).seq).toBe(4);
      expect(await readEventsOnly(file)).toHaveLength(4);
    }
  });

  it('mends the log at the next event when even taking back failed', async () => {
    const file = logFile(logText(1));
    let isBroken = true;
    const { log } = await openLog(file, (at) => isBroken && (at === 'write' || at === 'truncate'));
    await expect(log.append(NOTICED)).rejects.toThrow('disk full');
    expect(readFileSync(file, 'utf8')).not.toBe(logText(1));
    expect(await readEventsOnly(file)).toHaveLength(1);
    isBroken = false;
    await log.append(NOTICED);
    expect(await readEventsOnly(file)).toHaveLength(2);
  });

  it.each([
    ['cut off an event', (file: string) => writeFileSync(file, logText(1))],
    ['removed it with its folder', (file: string) => rmSync(path.dirname(file), { recursive: true })],
    ['added to it', (file: string) => appendFileSync(file, 'x')],
  ])('writes the log anew from memory when something %s', async (_what, harm) => {
    const file = logFile(logText(2));
    const { log, said } = await openLog(file);
    harm(file);
    await log.append(NOTICED);
    expect((await readEventsOnly(file)).map((event) => event.seq)).toEqual([1, 2, 3]);
    expect(said).toEqual([expect.stringContaining('written anew from memory')]);
    expect(await log.heal()).toBe(false);
  });

  describe('a log that is too large to be kept in memory', () => {
    const large = () => logFile(logText(4001, 'x'.repeat(4100)));

    it('is written anew when something removed it', async () => {
      const file = large();
      const before = readFileSync(file);
      expect(before.length).toBeGreaterThan(16_000_000);
      const { log, said } = await openLog(file);
      rmSync(file);
      await log.append(NOTICED);
      expect(readFileSync(file).subarray(0, before.length).equals(before)).toBe(true);
      expect((await readEventsOnly(file)).length).toBe(4002);
      expect(said).toHaveLength(1);
    });

    it('is named when something has cut it', async () => {
      const file = large();
      const { log } = await openLog(file);
      writeFileSync(file, logText(1));
      await expect(log.append(NOTICED)).rejects.toThrow(`${file} was cut by something else`);
      expect(readFileSync(file, 'utf8')).toBe(logText(1));
    });
  });
});

describe('opening a log', () => {
  it('moves a torn line aside at every place where the last three lines can be cut', async () => {
    const whole = Buffer.from(logText(5));
    const start = Buffer.byteLength(logText(2));
    const folder = temporaryFolder();
    for (let at = start; at < whole.length; at += 1) {
      const file = path.join(folder, `${at}`, 'events.jsonl');
      const torn = whole.subarray(0, at);
      const good = logText([3, 4].filter((count) => Buffer.byteLength(logText(count)) <= at).at(-1) ?? 2);
      const { log, warning } = await openLog(writtenAt(file, torn));
      expect(readFileSync(file, 'utf8'), `cut at ${at}`).toBe(good);
      const aside = readdirSync(path.dirname(file)).filter((name) => name.startsWith('events.jsonl.torn-'));
      expect(aside).toHaveLength(good.length === torn.toString().length ? 0 : 1);
      expect(warning === null).toBe(aside.length === 0);
      const rest = aside.map((name) => readFileSync(path.join(path.dirname(file), name), 'utf8')).join('');
      expect(good + rest).toBe(torn.toString());
      if (at % 40 === 0) expect((await log.append(NOTICED)).seq).toBe(good.split('\n').length);
    }
  });

  it('refuses a log with a bad line in the middle, and changes nothing', async () => {
    const text = logText(3).replace('"seq":2', '"seq" 2');
    const file = logFile(text);
    await expect(openLog(file)).rejects.toThrow(`${file} line 2 is not a JSON object`);
    expect(readdirSync(path.dirname(file))).toEqual(['events.jsonl']);
    expect(readFileSync(file, 'utf8')).toBe(text);
  });

  it('keeps the whole torn log when the disk is full while the tail is moved aside', async () => {
    const file = logFile(`${logText(2)}{"torn`);
    await expect(openLog(file, (at) => at === 'write')).rejects.toThrow('disk full');
    expect(readFileSync(file, 'utf8')).toBe(`${logText(2)}{"torn`);
  });
});

describe('inspecting a log', () => {
  it('writes nothing, ignores a torn line, and has no events where there is no log', async () => {
    const file = logFile(`${logText(2)}{"torn`);
    const before = statSync(file).mtimeMs;
    expect(await readEventsOnly(file)).toHaveLength(2);
    expect(statSync(file).mtimeMs).toBe(before);
    expect(readdirSync(path.dirname(file))).toEqual(['events.jsonl']);
    expect(await readEventsOnly(path.join(file, '..', 'none', 'events.jsonl'))).toEqual([]);
    expect(existsSync(path.join(file, '..', 'none'))).toBe(false);
  });
});

function writtenAt(file: string, bytes: Buffer): string {
  mkdirSync(path.dirname(file));
  writeFileSync(file, bytes);
  return file;
}
