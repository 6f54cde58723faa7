import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, it } from 'vitest';
import { servePage } from '../../../src/web/serve.ts';
import type { Watched } from '../../../src/web/watched.ts';

const RUN = 'run-20260101T000000Z-00000000';
const TARGETS = ['api/tasks', 'api/feed', `api/runs/${RUN}`, `api/runs/${RUN}/feed`, `api/runs/${RUN}/file?name=x`];

/** Ways in which one path is written that a router, a proxy or a URL parser may take for the same. */
const waysTo = (path: string, port: number) => [
  `/${path}`,
  `//${path}`,
  `/./${path}`,
  `/x/../${path}`,
  `/%2e/${path}`,
  `/x/%2E%2e/${path}`,
  `/${path.replace('a', '%61')}`,
  `/${path.replace('/', '%2f')}`,
  `/${path.replace('/', '\\')}`,
  `/${path.replace('/', '//')}`,
  `/${path.replace('/', ';x/')}`,
  `/page.js/../${path}`,
  `http://127.0.0.1:${String(port)}/${path}`,
  `http://evil.example/${path}`,
  `HTTP://127.0.0.1:${String(port)}/${path}`,
];

it('nothing of what is watched is reached without the token, whatever the request line says', async () => {
  const reached: string[] = [];
  const reach = (name: string) => () => {
    reached.push(name);
    return Promise.reject(new Error('nobody is to come here'));
  };
  const watched: Watched = {
    tasks: reach('tasks'),
    followTasks: reach('followTasks'),
    run: reach('run'),
    command: reach('command'),
    close: () => undefined,
  };
  const options = { port: 0, host: '127.0.0.1', allowedHosts: [], token: 't'.repeat(43), isReadOnly: false };
  const server = await servePage(watched, options);
  const port = Number(new URL(server.url).port);
  const statusOf = async (target: string, head = '') => {
    const socket = connect(port, '127.0.0.1');
    let answer = '';
    socket.on('data', (chunk: Buffer) => (answer += chunk.toString('latin1')));
    socket.write(`GET ${target} HTTP/1.1\r\nHost: 127.0.0.1:${String(port)}\r\n${head}Connection: close\r\n\r\n`);
    await once(socket, 'close');
    return Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1]);
  };
  try {
    for (const target of TARGETS.flatMap((path) => waysTo(path, port))) {
      expect([400, 401], target).toContain(await statusOf(target));
    }
    expect(reached).toEqual([]);
    await statusOf('/api/tasks', `Authorization: Bearer ${options.token}\r\n`);
    expect(reached, 'with the token').toEqual(['tasks']);
  } finally {
    await server.close();
  }
});
