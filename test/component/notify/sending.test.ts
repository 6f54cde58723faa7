import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { noticeOf } from '../../../src/core/notices.ts';
import type { NotifySettings } from '../../../src/core/notify-settings.ts';
import { send } from '../../../src/notify/send.ts';

const NOTICE = noticeOf(
  { topic: 'question', seq: 7, text: 'Which <port>?', status: null },
  {
    workspace: '/w',
    taskId: 'job',
    runId: 'run-20260101T000000Z-00000000',
    resumeCommand: 'autoloop --resume',
    pageUrl: 'https://me.example/',
  },
);
const LINK = 'https://me.example/#/run-20260101T000000Z-00000000';
const NOBODY: NotifySettings = { on: [], command: null, desktop: false, webhooks: [], pageUrl: null };

/** A server of this machine, and what it was sent. */
async function listening(answer: (nth: number, response: ServerResponse) => void) {
  const got: { url: string; body: unknown }[] = [];
  const take = async (request: IncomingMessage, response: ServerResponse) => {
    let text = '';
    for await (const part of request) text += String(part);
    got.push({ url: request.url ?? '', body: JSON.parse(text) });
    answer(got.length, response);
  };
  const server = createServer((request, response) => void take(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    got,
    base: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const ok = (_: number, response: ServerResponse) => void response.writeHead(200).end('{}');
const stop = new AbortController().signal;

async function posted(address: string, webhook: Partial<NotifySettings['webhooks'][number]> = {}, stopped = stop) {
  const pauses: number[] = [];
  const again = (ms: number) => {
    pauses.push(ms);
    return Promise.resolve();
  };
  const webhooks = [{ urlEnv: 'HOOK', format: 'json' as const, chat: null, ...webhook }];
  const [sent] = await send(NOTICE, { ...NOBODY, webhooks }, { env: { HOOK: address }, again, stop: stopped });
  return { problem: sent?.problem, pauses };
}

describe('a notice that is posted', () => {
  it('is for each service what its documentation asks for', async () => {
    await using server = await listening(ok);
    expect(await posted(`${server.base}/in`)).toEqual({ problem: null, pauses: [] });
    await posted(`${server.base}/ntfy/my%20topic?auth=x`, { format: 'ntfy' });
    await posted(`${server.base}/services/T/B`, { format: 'slack' });
    await posted(`${server.base}/bot1:x/sendMessage`, { format: 'telegram', chat: '-42' });
    const title = 'Autoloop: job asks you something';
    const ntfy = { topic: 'my topic', title, message: 'Which <port>?', priority: 4, tags: ['question'], click: LINK };
    const text = `${title}\nWhich <port>?\n${LINK}`;
    expect(server.got).toEqual([
      { url: '/in', body: NOTICE },
      { url: '/ntfy/?auth=x', body: ntfy },
      { url: '/services/T/B', body: { text: `*${title}*\nWhich &lt;port&gt;?\n${LINK}` } },
      { url: '/bot1:x/sendMessage', body: { chat_id: '-42', text, link_preview_options: { is_disabled: true } } },
    ]);
  });

  it('is tried again while the server is at a loss, and is lost when it stays so', async () => {
    await using flaky = await listening((nth, response) => void response.writeHead(nth < 3 ? 503 : 200).end());
    expect(await posted(flaky.base)).toEqual({ problem: null, pauses: [1_000, 5_000] });
    await using broken = await listening((_, response) => void response.writeHead(500).end());
    const lost = { problem: 'webhook HOOK: it answered 500', pauses: [1_000, 5_000, 25_000] };
    expect(await posted(broken.base)).toEqual(lost);
    expect(broken.got).toHaveLength(4);
  });

  it('follows no redirect, and does not ask again where it was refused', async () => {
    await using elsewhere = await listening(ok);
    await using server = await listening(
      (nth, response) => void response.writeHead(nth === 1 ? 307 : 404, { location: elsewhere.base }).end(),
    );
    const problem = 'webhook HOOK: it redirects (307), which is not followed';
    expect(await posted(server.base)).toEqual({ problem, pauses: [] });
    expect((await posted(server.base)).problem).toBe('webhook HOOK: it answered 404');
    expect(elsewhere.got).toEqual([]);
  });

  it('names the variable and never the address where nobody listens, none is given, or nobody waits any more', async () => {
    const gone = await listening(ok);
    await gone[Symbol.asyncDispose]();
    expect((await posted(`${gone.base}/secret`)).problem).toBe('webhook HOOK: it cannot be reached');
    expect((await posted('')).problem).toBe('webhook HOOK: the environment variable is not set');
    expect((await posted('file:///etc/passwd')).problem).toBe('webhook HOOK: it holds no http address');
    const end = new AbortController();
    await using slow = await listening(() => end.abort());
    expect((await posted(slow.base, {}, end.signal)).problem).toBe('webhook HOOK: it cannot be reached');
  });
});

describe('a notice for a program', () => {
  it('is its arguments and its standard input, with no shell between', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'notice-'));
    try {
      const file = path.join(folder, 'got');
      const script = 'printf "%s\\n" "$1" "$2" > "$0"; cat >> "$0"';
      const command = ['sh', '-c', script, file, '{{kind}}', '$(id) {{title}}'];
      const world = { env: process.env, again: false, stop } as const;
      const sent = await send(NOTICE, { ...NOBODY, command }, world);
      expect(sent).toEqual([{ channel: 'notify.command', problem: null }]);
      const [kind, title, json = ''] = readFileSync(file, 'utf8').split('\n');
      expect([kind, title, JSON.parse(json)]).toEqual(['question', '$(id) Autoloop: job asks you something', NOTICE]);
      const problemOf = async (...argv: string[]) =>
        (await send(NOTICE, { ...NOBODY, command: argv }, world))[0]?.problem;
      expect(await problemOf(path.join(folder, 'missing'))).toContain('is not installed');
      expect(await problemOf('false')).toContain('ended with 1');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('is shown on the desktop by its own program, whose arguments are no options', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'notice-'));
    try {
      const file = path.join(folder, 'got');
      for (const name of ['notify-send', 'osascript']) {
        writeFileSync(path.join(folder, name), `#!/bin/sh\nprintf '%s\\n' "$@" > ${file}\n`, { mode: 0o755 });
      }
      const world = {
        env: { ...process.env, PATH: `${folder}:${process.env.PATH ?? ''}` },
        again: false,
        stop,
      } as const;
      const sent = await send({ ...NOTICE, text: '--help' }, { ...NOBODY, desktop: true }, world);
      expect(sent).toEqual([{ channel: 'notify.desktop', problem: null }]);
      const words = readFileSync(file, 'utf8').trim().split('\n');
      expect(words.slice(-2)).toEqual([NOTICE.title, '--help']);
      if (process.platform === 'linux') expect(words).toEqual(['--', NOTICE.title, '--help']);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
