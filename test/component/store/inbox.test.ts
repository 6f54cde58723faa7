import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Inbox } from '../../../src/store/inbox.ts';

let root = '';
let folder = '';
let inbox: Inbox;

beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'inbox-'));
  folder = path.join(root, 'inbox', 'run-20260101T000000Z-00000000');
  inbox = new Inbox(folder);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const note = (text: string) => ({ kind: 'note' as const, text, for: null, by: 'page' as const });
const modeOf = (file: string) => (statSync(file).mode & 0o777).toString(8);

describe('the commands that wait for a run', () => {
  it('lie one a file that only their user can read, in the order of sending, until each is dropped', async () => {
    const second = await inbox.put(note('second'), new Date(2_000));
    const first = await inbox.put(note('first'), new Date(1_000));
    expect(first.id).toMatch(/^000000000001000-[0-9a-f]{12}$/);
    expect(readdirSync(folder).sort()).toEqual([`${first.id}.json`, `${second.id}.json`]);
    expect([modeOf(folder), modeOf(path.join(folder, `${first.id}.json`))]).toEqual(['700', '600']);
    expect(await inbox.read()).toEqual({ commands: [first, second], unreadable: [] });
    await inbox.drop(first.id);
    await inbox.drop(first.id);
    expect((await inbox.read()).commands).toEqual([second]);
  });

  it('are at most 100, however many are sent at once, and the next is refused with what to do', async () => {
    const sent = await Promise.allSettled(Array.from({ length: 130 }, (_, at) => inbox.put(note(String(at)))));
    expect(sent.filter(({ status }) => status === 'fulfilled').length).toBe(100);
    expect(readdirSync(folder).length).toBe(100);
    await expect(inbox.put(note('one more'))).rejects.toThrow('100 commands wait for this run already');
    const [oldest] = (await inbox.read()).commands;
    await inbox.drop(oldest?.id ?? '');
    await inbox.put(note('one more'));
  });

  it('are no longer than 256 KiB', async () => {
    await expect(inbox.put(note('x'.repeat(256 * 1024)))).rejects.toThrow('at most 262144 are accepted');
    expect(readdirSync(folder)).toEqual([]);
  });

  it('leave what is no command where it is, and name it, whatever it is', async () => {
    const good = await inbox.put(note('good'), new Date(5_000));
    const text = readFileSync(path.join(folder, `${good.id}.json`), 'utf8');
    const named = (n: number) => `00000000000000${String(n)}-0123456789ab`;
    const plant = (n: number, content: string) => writeFileSync(path.join(folder, `${named(n)}.json`), content);
    plant(1, '{"id": ');
    plant(2, text.replace('note', 'erase').replace(good.id, named(2)));
    plant(3, text); // Another one's id.
    plant(4, `${text.replace(good.id, named(4))}${' '.repeat(256 * 1024)}`);
    mkdirSync(path.join(folder, `${named(5)}.json`));
    symlinkSync(`${good.id}.json`, path.join(folder, `${named(6)}.json`));
    execFileSync('mkfifo', [path.join(folder, `${named(7)}.json`)]);
    writeFileSync(path.join(folder, '.draft.tmp'), text);
    writeFileSync(path.join(folder, 'readme.txt'), text);
    const before = readdirSync(folder).sort();
    const { commands, unreadable } = await inbox.read();
    expect(commands).toEqual([good]);
    expect(unreadable).toEqual([1, 2, 3, 4, 5, 6, 7].map((n) => `${named(n)}.json`));
    expect(readdirSync(folder).sort()).toEqual(before);
  });

  it('are none where nobody has sent any, and looking makes nothing', async () => {
    expect(await inbox.read()).toEqual({ commands: [], unreadable: [] });
    expect(readdirSync(root)).toEqual([]);
  });
});
