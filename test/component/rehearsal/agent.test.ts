import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { UNKNOWN_USAGE } from '../../../src/core/vocabulary.ts';
import { rehearsalAgent } from '../../../src/providers/rehearsal/agent.ts';
import type { Activity, TurnCall } from '../../../src/run/agent-port.ts';
import { startSupervisor } from '../../../src/supervision/supervisor.ts';
import { PROJECT } from '../../support/compiled.ts';
import { BUN, temporaryFolder } from './stage.ts';

const SELF = [BUN, path.join(PROJECT, 'src/main.ts'), '--internal-rehearsal'];

/** One turn through the supervision that real agents go through. */
async function take(dir: string, turn: { prompt: string; resume?: string; self?: readonly string[] }) {
  const supervisor = startSupervisor({ directory: path.join(dir, 'state') });
  const sessions: string[] = [];
  const activities: Activity[] = [];
  const told = new Set<string>();
  const limits = { idleTimeoutMs: 10_000, turnTimeoutMs: 20_000, allowInside: false };
  const world = { runner: supervisor, cwd: dir, env: process.env, runId: 'run-1', now: () => new Date(), told };
  const agent = rehearsalAgent({ ...world, ...limits }, turn.self ?? SELF);
  const call: TurnCall = {
    promptAnew: () => turn.prompt,
    prompt: turn.prompt,
    contract: '',
    resume: turn.resume ?? null,
    totalsBefore: null,
    logFile: path.join(dir, 'turn.log'),
    onSession: (id) => Promise.resolve(void sessions.push(id)),
    onActivity: (activity) => activities.push(activity),
    stop: new AbortController().signal,
  };
  try {
    return { agent, report: await agent.run(call), sessions, activities };
  } finally {
    await supervisor.close();
  }
}

describe('the rehearsal agent', () => {
  it('answers a turn as codex does, with a session and without usage', async () => {
    using folder = temporaryFolder();
    const { agent, report, sessions, activities } = await take(folder.dir, { prompt: 'QUESTION TO ANSWER:\nWhich?\n' });
    expect(agent).toMatchObject({ model: null, effort: null });
    expect(report).toMatchObject({ kind: 'answered', usage: UNKNOWN_USAGE, warnings: [], sessionId: sessions[0] });
    expect(activities).toContainEqual(expect.objectContaining({ kind: 'message' }));
    expect(readFileSync(path.join(folder.dir, 'turn.log'), 'utf8')).toContain('thread.started');
  });

  it('goes on in its session', async () => {
    using folder = temporaryFolder();
    const resume = '01a2b3c4-0000-4000-8000-000000000000';
    expect((await take(folder.dir, { prompt: 'Which?', resume })).report).toMatchObject({
      kind: 'answered',
      sessionId: resume,
      warnings: [],
    });
  });

  it('reports a turn that fails, and a program that cannot be started', async () => {
    using folder = temporaryFolder();
    const lacking = (await take(folder.dir, { prompt: 'LOOP PAIR: plan\n' })).report;
    expect(lacking).toMatchObject({ kind: 'failed', failure: { class: 'other', exitCode: 1 } });
    expect(lacking).toHaveProperty(
      'failure.message',
      expect.stringMatching(/^the rehearsal agent .*the prompt has no line/),
    );
    const missing = (await take(folder.dir, { prompt: 'x', self: ['/no/such/program'] })).report;
    expect(missing.kind).toBe('failed');
  });
});
