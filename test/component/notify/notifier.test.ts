import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RunEvent } from '../../../src/core/events.ts';
import { NOTICE_KINDS } from '../../../src/core/notify-settings.ts';
import { Notifier, type NotifierOptions } from '../../../src/notify/notifier.ts';
import { Told } from '../../../src/notify/told.ts';

const kinds: string[] = [];
const server = createServer((request, response) => {
  void (async () => {
    let text = '';
    for await (const part of request) text += String(part);
    kinds.push((JSON.parse(text) as { kind: string }).kind);
    response.end();
  })();
});
let machine = '';

beforeEach(async () => {
  kinds.length = 0;
  machine = mkdtempSync(path.join(tmpdir(), 'told-'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  rmSync(machine, { recursive: true });
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

/** What is told of events that come one after the other, each with its own number unless it has one. */
async function toldOf(events: readonly Record<string, unknown>[], options: Partial<NotifierOptions> = {}) {
  const before = kinds.length;
  const HOOK = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const webhooks = [{ urlEnv: 'HOOK', format: 'json' as const, chat: null }];
  const notifier = new Notifier({
    settings: { on: NOTICE_KINDS, command: null, desktop: false, webhooks, pageUrl: null },
    run: { workspace: '/w', taskId: 'job', runId: 'run-20260101T000000Z-00000000', resumeCommand: 'x', pageUrl: null },
    answersItself: false,
    isAttended: false,
    told: new Told(machine),
    env: { HOOK },
    // Only the time to reply is ever over here: what else is waited for ends when it is given up.
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (ms === 30_000 && !signal.aborted) setImmediate(resolve);
        signal.addEventListener('abort', () => resolve());
      }),
    warn: (text) => kinds.push(text),
    ...options,
  });
  for (const [at, event] of events.entries()) notifier.event({ seq: at + 1, ...event } as unknown as RunEvent);
  await notifier.settle();
  return kinds.slice(before);
}

const question = { event_type: 'question', text: 'Which port?' };
const answered = { event_type: 'clarified', clarification: { question: 'Which port?', answer: '8443' } };
const approval = { event_type: 'approval_requested', sha256: 'x' };
const end = (status: string, reason: string | null = null) => ({ event_type: 'run_finished', status, reason });

describe('what a person who does not look is told', () => {
  it.each([
    ['a question, and not the pause that it leads to', [question, end('paused', 'a question waits')], ['question']],
    ['an approval, and not the pause that it leads to', [approval, end('paused', 'the plan waits')], ['approval']],
    ['a pause of another reason', [question, answered, end('paused', 'usage limit')], ['question', 'paused']],
    ['an end that needs nothing', [end('success')], ['finished']],
    ['gaps that nothing closes', [end('needs_followup')], ['finished']],
    ['nothing of gaps that a follow-up closes', [{ event_type: 'auto_followup_scheduled' }, end('needs_followup')], []],
    ['a failure', [end('failed')], ['failed']],
    ['an error', [end('fatal_error')], ['failed']],
    ['a run without proof', [end('unverified')], ['failed']],
    ['an obstacle', [end('blocked')], ['blocked']],
    ['nothing of what they did themselves', [end('interrupted')], []],
  ])('is %s', async (_, events, expected) => {
    expect(await toldOf(events)).toEqual(expected);
  });

  it('is no question that an agent answers, and nothing that they did not ask for', async () => {
    expect(await toldOf([question], { answersItself: true })).toEqual([]);
    const settings = { on: ['failed'], command: ['false'], desktop: false, webhooks: [], pageUrl: null } as const;
    expect(await toldOf([question, end('success')], { settings })).toEqual([]);
  });

  it('is no question that they answer at the terminal in time', async () => {
    expect(await toldOf([question, answered], { isAttended: true })).toEqual([]);
    expect(await toldOf([{ ...question, seq: 9 }], { isAttended: true })).toEqual(['question']);
  });

  it('is waited for a moment only where they stopped the run', async () => {
    const waits = async (status: string) => {
      const times: number[] = [];
      const sleep = (ms: number) => {
        times.push(ms);
        return Promise.resolve();
      };
      await toldOf([end('failed', status), end(status)], { sleep });
      return times;
    };
    expect(await waits('failed')).toContain(5000);
    expect(await waits('interrupted')).toEqual([500]);
  });

  it('is told once for each event, by whichever process, and not again in the same words within ten minutes', async () => {
    expect(await toldOf([end('failed', 'no progress')])).toEqual(['failed']);
    expect(await toldOf([end('failed', 'no progress')])).toEqual([]);
    expect(await toldOf([{ ...end('failed', 'no progress'), seq: 40 }])).toEqual([]);
    expect(await toldOf([{ ...end('failed', 'out of cycles'), seq: 41 }])).toEqual(['failed']);
    const later = { told: new Told(machine, () => Date.now() + 11 * 60_000) };
    expect(await toldOf([{ ...end('failed', 'no progress'), seq: 42 }], later)).toEqual(['failed']);
  });
});
