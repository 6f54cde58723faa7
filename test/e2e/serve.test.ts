import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RunAnswer, TasksAnswer } from '../../src/web/documents.ts';
import { createRig, type Rig } from '../support/rig.ts';

interface Served {
  readonly port: number;
  readonly token: string;
  /** Sends bytes as they are, and resolves with the whole answer. */
  readonly raw: (request: string) => Promise<string>;
  readonly get: (path: string, headers?: Record<string, string>) => Promise<Response>;
  readonly post: (path: string, body: string, headers?: Record<string, string>) => Promise<Response>;
  readonly end: () => Promise<number | null>;
}

/** `autoloop serve` in the rig's workspace. */
async function served(rig: Rig, options: readonly string[] = []): Promise<Served> {
  const running = rig.start(['serve', ...options]);
  const line = await running.sees(/^http:\/\/127\.0\.0\.1:(\d+)\/#token=([\w-]+)$/m);
  const [, port = '', token = ''] = line;
  const base = `http://127.0.0.1:${port}`;
  const own = { authorization: `Bearer ${token}` };
  return {
    port: Number(port),
    token,
    async raw(request) {
      const socket = connect(Number(port), '127.0.0.1');
      socket.write(request); // Not half closed: some servers take that for a reader that is gone.
      let answer = '';
      socket.on('data', (chunk: Buffer) => (answer += chunk.toString('latin1')));
      await once(socket, 'close');
      return answer;
    },
    get: (at, headers = own) => fetch(`${base}${at}`, { headers }),
    post: (at, body, headers = { ...own, 'content-type': 'application/json' }) =>
      fetch(`${base}${at}`, { method: 'POST', headers, body }),
    async end() {
      running.signal('SIGTERM');
      return (await running.done).code;
    },
  };
}

const START = ['--intent', 'Build it', '--task-id', 'job'];

describe('autoloop serve', () => {
  it('prints its address as the only line, shows the tasks and runs to whoever has the token, and ends at a signal', async () => {
    await using rig = await createRig();
    await rig.run([...START, '--pairs', 'plan']);
    const server = await served(rig);
    const tasks = (await (await server.get('/api/tasks')).json()) as TasksAnswer;
    expect(tasks.tasks).toMatchObject([{ task_id: 'job', status: 'success', needs_person: false }]);
    const { runId } = rig.lastRun();
    const run = (await (await server.get(`/api/runs/${runId}`)).json()) as RunAnswer;
    expect(run.status).toMatchObject({ task_id: 'job', status: 'success', waiting: null, pending: [] });
    expect(run.rows.filter((row) => row.kind === 'turn').map(({ role, outcome }) => [role, outcome])).toEqual([
      ['producer', 'produced'],
      ['verifier', 'complete'],
    ]);
    expect(run.papers).toContain('artifacts/plan/plan.md');
    expect((await server.get('/', {})).headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(await server.end()).toBe(143);
  });

  it('shows tasks in work trees of their own beside the others, with their changes, and steers them', async () => {
    await using rig = await createRig({
      script: { rules: [{ pair: 'plan', role: 'producer', nth: 1, question: 'Which port?' }] },
    });
    const apart = ['--intent', 'Build it', '--task-id', 'apart', '--pairs', 'plan', '--worktree'];
    expect((await rig.run(apart)).code).toBe(4);
    const server = await served(rig);
    const { tasks } = (await (await server.get('/api/tasks')).json()) as TasksAnswer;
    expect(tasks).toMatchObject([{ task_id: 'apart', status: 'paused', needs_person: true }]);
    const at = `/api/runs/${tasks[0]?.run_id ?? ''}`;
    await server.post(`${at}/commands`, JSON.stringify({ kind: 'answer', text: '8443' }));
    const end = (await rig.run(['wait', '--task-id', 'apart'])).code;
    const run = (await (await server.get(at)).json()) as RunAnswer;
    expect({ end, status: run.status.status }).toEqual({ end: 0, status: 'success' });
    const commit = run.rows.flatMap((row) => (row.kind === 'turn' ? row.commits : []))[0] ?? '';
    expect((await server.get(`${at}/patch/${commit}`)).status).toBe(200);
    await server.end();
  });

  it('lets nobody in who comes by another name, from another page, or without the token', async () => {
    await using rig = await createRig();
    const { port, token, raw, get, post, end } = await served(rig);
    const host = `Host: 127.0.0.1:${String(port)}\r\n`;
    const bearer = `Authorization: Bearer ${token}\r\n`;
    const statusOf = async (request: string) => /^HTTP\/1\.1 (\d{3})/.exec(await raw(request))?.[1];
    const asked = (head: string, line = 'GET /api/tasks HTTP/1.1') =>
      statusOf(`${line}\r\n${head}Connection: close\r\n\r\n`);
    expect(await asked(host + bearer)).toBe('200');
    expect(await asked(bearer), 'no Host').toBe('421');
    expect(await asked(`Host: evil.example\r\n${bearer}`)).toBe('421');
    expect(await asked(`Host: 127.0.0.1.evil:${String(port)}\r\n${bearer}`)).toBe('421');
    expect(await asked(`Host: 127.0.0.1:${String(port + 1)}\r\n${bearer}`), 'another port').toBe('421');
    expect(await asked(`Host: evil.example\r\n`, 'GET / HTTP/1.1'), 'the document').toBe('421');
    expect(await asked(`${host}${bearer}Origin: null\r\n`)).toBe('403');
    expect(await asked(`${host}${bearer}Origin: http://evil.example\r\n`)).toBe('403');
    expect(await asked(`${host}${bearer}Origin: http://127.0.0.1:${String(port + 1)}\r\n`)).toBe('403');
    expect(await asked(`${host}${bearer}Sec-Fetch-Site: cross-site\r\n`)).toBe('403');
    expect(await asked(host)).toBe('401');
    expect(await asked(`${host}Authorization: Bearer ${token}x\r\n`)).toBe('401');
    expect(await asked(host + bearer, 'OPTIONS /api/tasks HTTP/1.1')).toBe('403');
    expect(await asked(`${host}Host: evil.example\r\n${bearer}`), 'two names').toBe('421');
    // It would hold a feed open that nobody reads.
    expect(await asked(host + bearer, 'HEAD /api/feed HTTP/1.1')).toBe('403');
    expect(await asked(host + bearer, 'DELETE /api/tasks HTTP/1.1')).toBe('403');
    const commands = '/api/runs/run-20260101T000000Z-00000000/commands';
    const own = { authorization: `Bearer ${token}` };
    expect((await post(commands, '{}', { ...own, 'content-type': 'text/plain' })).status).toBe(415);
    expect((await post(commands, 'null')).status).toBe(400);
    for (const kind of ['', 'erase', 'constructor', '__proto__', 1]) {
      const unknown = await post(commands, JSON.stringify({ kind, text: 'x' }));
      expect([unknown.status, await unknown.text()], String(kind)).toEqual([400, expect.stringContaining('pause')]);
    }
    expect((await post(commands, JSON.stringify({ kind: 'note', text: 'x'.repeat(200_000) }))).status).toBe(413);
    const answer = await get('/api/tasks');
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
    expect(await end()).toBe(143);
  });

  it('gives out nothing but the papers of a run and the patches of its commits', async () => {
    await using rig = await createRig();
    await rig.run([...START, '--pairs', 'plan']);
    const { runId } = rig.lastRun();
    const server = await served(rig);
    const statusOf = async (at: string) => (await server.get(`/api/runs/${runId}/${at}`)).status;
    expect(await statusOf('file?name=request.md')).toBe(200);
    for (const name of ['../../task.json', 'artifacts/../../../task.json', '/etc/passwd', 'run.json', '%2e%2e/x']) {
      expect(await statusOf(`file?name=${encodeURIComponent(name)}`), name).toBe(404);
    }
    const [foreign = ''] = rig.commits().map(({ hash }) => hash);
    expect(await statusOf(`patch/${'0'.repeat(40)}`)).toBe(404);
    expect(await statusOf('patch/--output=x')).toBe(400);
    expect(await statusOf(`patch/${foreign.slice(0, 10)}`)).toBe(400);
    expect((await server.get('/api/runs/run-20260101T000000Z-00000000')).status).toBe(404);
    expect(await server.end()).toBe(143);
  });

  it('only shows with --read-only, and refuses a taken port, a foreign address without a name, a token that others can read', async () => {
    await using rig = await createRig();
    const server = await served(rig, ['--read-only']);
    expect(
      (await server.post('/api/runs/run-20260101T000000Z-00000000/commands', '{"kind":"note","text":"x"}')).status,
    ).toBe(403);
    const taken = await rig.run(['serve', '--port', String(server.port)]);
    expect([taken.code, taken.stderr]).toEqual([
      1,
      expect.stringContaining(`port ${String(server.port)} of 127.0.0.1 is taken`),
    ]);
    const foreign = await rig.run(['serve', '--host', '0.0.0.0']);
    expect([foreign.code, foreign.stderr]).toEqual([2, expect.stringContaining('--allowed-host')]);
    const file = path.join(rig.sandbox.env.HOME ?? '', 'token');
    writeFileSync(file, 'x'.repeat(43), { mode: 0o644 });
    const readable = await rig.run(['serve', '--token-file', file]);
    expect([readable.code, readable.stderr]).toEqual([2, expect.stringContaining('can be read by others')]);
    expect(await server.end()).toBe(143);
  });
});
