import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { TasksMessage } from '../../../src/web/documents.ts';
import { type PageServer, servePage } from '../../../src/web/serve.ts';
import type { Watched } from '../../../src/web/watched.ts';

const TOKEN = 't'.repeat(43);
const never = () => Promise.reject(new Error('nobody asks for this'));

let server: PageServer;
const sockets: Socket[] = [];

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await server.close();
});

interface Served {
  readonly port: number;
  readonly head: string;
  readonly ask: (path?: string) => Promise<Response>;
}

async function served(watched: Partial<Watched>): Promise<Served> {
  const whole = { tasks: never, followTasks: never, run: never, command: never, close: () => undefined, ...watched };
  server = await servePage(whole, { port: 0, host: '127.0.0.1', allowedHosts: [], token: TOKEN, isReadOnly: false });
  const { host, port } = new URL(server.url);
  const headers = { authorization: `Bearer ${TOKEN}` };
  return {
    port: Number(port),
    head: `Host: ${host}\r\nAuthorization: Bearer ${TOKEN}\r\n`,
    ask: (path = '/api/tasks') => fetch(`http://${host}${path}`, { headers }),
  };
}

/** A connection that says `text`; what is answered is read only when it is `heard`. */
function opened(port: number, text = ''): Socket {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined); // It is let go of, in whatever way.
  socket.write(text);
  sockets.push(socket);
  return socket;
}

async function heard(socket: Socket): Promise<string> {
  let said = '';
  socket.on('data', (chunk: Buffer) => (said += chunk.toString('latin1'))).resume();
  if (!socket.closed) await new Promise((resolve) => socket.once('close', resolve));
  return said;
}

const noTasks = () => Promise.resolve({ version: 1 as const, workspace: '/w', tasks: [] });

describe('whoever floods the server of the page', () => {
  it('with connections has 256 of them, and as soon as they are gone others are served', async () => {
    const { port, ask } = await served({ tasks: noTasks });
    const many = Array.from({ length: 300 }, () => opened(port).resume());
    let refused = 0;
    await new Promise<void>((resolve) => {
      for (const socket of many) {
        socket.once('close', () => {
          refused += 1;
          if (refused === 300 - 256) resolve();
        });
      }
    });
    const left = many.filter((socket) => !socket.closed);
    await Promise.all(left.map((socket) => once(socket.end(), 'close')));
    expect((await ask()).status).toBe(200);
    expect(left.length).toBe(256);
  });

  it('with requests has 128 under way, and is told so; each answer makes room for another', async () => {
    let answer = (): void => undefined;
    const isAnswered = new Promise<void>((resolve) => (answer = resolve));
    let asked = 0;
    let all = (): void => undefined;
    const areAsked = new Promise<void>((resolve) => (all = resolve));
    const { ask } = await served({
      tasks: async () => {
        asked += 1;
        if (asked === 128) all();
        await isAnswered;
        return noTasks();
      },
    });
    const first = Array.from({ length: 128 }, () => ask());
    await areAsked;
    const late = await ask();
    expect([late.status, await late.text()]).toEqual([503, expect.stringContaining('in a moment')]);
    answer();
    expect(new Set((await Promise.all(first)).map(({ status }) => status))).toEqual(new Set([200]));
    await Promise.all((await Promise.all(first)).map((response) => response.text()));
    expect((await ask()).status).toBe(200);
  });

  it.each([
    ['with the token', (head: string) => head, 413],
    ['without the token', (head: string) => head.replace(/Authorization.*\r\n/, ''), 401],
  ])('with a body that has no end, %s, is answered and let go', async (_, as, status) => {
    const { port, head } = await served({ tasks: noTasks });
    const line = 'POST /api/runs/run-20260101T000000Z-00000000/commands HTTP/1.1\r\n';
    const json = 'Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n';
    const socket = opened(port, `${line}${as(head)}${json}`);
    const answer = heard(socket);
    const chunk = `10000\r\n${'x'.repeat(0x10000)}\r\n`;
    const pour = () => {
      while (!socket.closed && socket.write(chunk)) continue;
    };
    socket.on('drain', pour);
    pour();
    // What was sent too much may break the connection before its answer is read.
    expect(['', String(status)]).toContain((await answer).slice('HTTP/1.1 '.length, 'HTTP/1.1 nnn'.length));
  });

  it('by not reading loses its feed and its connection, and the server forgets what it was to be told', async () => {
    const readers = new Set<(message: TasksMessage) => void>();
    let follows = (): void => undefined;
    const isFollowed = new Promise<void>((resolve) => (follows = resolve));
    const { port, head } = await served({
      followTasks: (tell) => {
        readers.add(tell);
        follows();
        return Promise.resolve(() => void readers.delete(tell));
      },
    });
    const silent = opened(port, `GET /api/feed HTTP/1.1\r\n${head}\r\n`).pause();
    await isFollowed;
    const task = { task_id: 'x'.repeat(100_000) } as never;
    let sent = 0;
    while (readers.size > 0 && sent < 100_000_000) {
      for (const tell of [...readers]) tell({ kind: 'tasks', tasks: [task] });
      sent += 100_000;
      await new Promise((resolve) => setImmediate(resolve));
    }
    // What the system holds for the connection comes on top of what the server does.
    expect(sent).toBeLessThan(50_000_000);
    expect((await heard(silent)).length).toBeLessThan(50_000_000);
  });
});
