import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ModelCall, Reply } from './mock/api.ts';
import { AGENTS, configOf, createStage, type Stage } from './stage.ts';
import { promptOf, turnOf, work } from './worker.ts';

const PLAN_ONLY = ['--pairs', 'plan'];

describe.each(AGENTS)('%s', (agent) => {
  it('gets a request that starts with a slash as it is, not as a command of its own', async () => {
    await using stage = await createStage({ agent, decide: work });
    const intent = '/compact greet.sh, and @README.md with it\n/help';
    expect(await stage.run('--intent', intent, ...PLAN_ONLY)).toMatchObject({ code: 0 });
    expect(promptOf(stage.mock.calls[0]!)).toContain(`INITIAL REQUEST SNAPSHOT:\n${intent}\n`);
  });

  it('gets a new session with all it must know in place of one that it does not know any more', async () => {
    await using stage = await createStage({ agent, decide: refuseVerifier });
    expect(await stage.run('--intent', 'Greet', ...PLAN_ONLY)).toMatchObject({ code: 1 });
    const forgotten = path.join(
      stage.rig.sandbox.root,
      'home',
      agent === 'codex' ? '.codex/sessions' : '.claude/projects',
    );
    expect(existsSync(forgotten)).toBe(true);
    rmSync(forgotten, { recursive: true });
    const before = stage.mock.calls.length;

    stage.mock.decide = work;
    const { code, stderr } = await stage.run('--resume');
    const [old, fresh] = sessions(stage);
    expect(code).toBe(0);
    expect(stderr).toContain(`a new session is started in place of ${old!}: the provider does not know it any more`);
    expect(fresh).not.toBe(old);
    const [call] = stage.mock.calls.slice(before);
    expect(turnOf(call!)).toMatchObject({ pair: 'plan', role: 'verifier' });
    expect(promptOf(call!)).toContain('INITIAL REQUEST SNAPSHOT:\nGreet\n');
    expect(rawLog(stage)).toContain('entry=session_recovery');
    await stage.rig.checkPromises();
  });
});

describe('codex', () => {
  it('is not called with a prompt of more characters than it takes', async () => {
    await using stage = await createStage({ agent: 'codex', decide: work });
    const { code, stderr } = await stage.run('--intent-file', requestOf(stage, 1_048_577), ...PLAN_ONLY);
    expect(code).toBe(1);
    expect(stderr).toMatch(/the prompt has \d{7} characters, and codex takes 1048576 at most/);
    expect(stage.mock.calls).toEqual([]);
    await stage.rig.checkPromises();
  });

  it('takes a prompt that is just short of its limit', async () => {
    await using stage = await createStage({ agent: 'codex', decide: work });
    const file = requestOf(stage, 1_035_000);
    expect(await stage.run('--intent-file', file, ...PLAN_ONLY)).toMatchObject({ code: 0 });
    expect(promptOf(stage.mock.calls[0]!)).toContain(readFileSync(file, 'utf8'));
  });
});

describe('claude', () => {
  it('gets a request of 2 MB whole', async () => {
    await using stage = await createStage({ agent: 'claude', decide: work });
    const file = requestOf(stage, 2_000_000);
    expect(await stage.run('--intent-file', file, ...PLAN_ONLY)).toMatchObject({ code: 0 });
    expect(promptOf(stage.mock.calls[0]!)).toContain(readFileSync(file, 'utf8'));
  });

  it('that may not write pauses the run with the setting that lets it, and goes on once that is set', async () => {
    const provider = { claude: { permission_strategy: 'inherit' } };
    await using stage = await createStage({ agent: 'claude', decide: work, provider });
    const { code, stdout } = await stage.run('--intent', 'Greet', ...PLAN_ONLY);
    expect(code).toBe(4);
    const reason = 'claude was denied what it needs, and changed nothing: Bash';
    expect(stdout).toContain(`[PAUSED] ${reason} (provider.claude.permission_strategy: allow_core_tools allows it)`);
    expect(turns(stage)).toEqual([]);

    stage.rig.write('autoloop.yaml', configOf('claude'));
    expect(await stage.run('--resume')).toMatchObject({ code: 0 });
    expect(turns(stage)).toEqual(['producer', 'verifier']);
    await stage.rig.checkPromises();
  });
});

function refuseVerifier(call: ModelCall): Reply {
  const error = { type: 'authentication_error', message: 'no' };
  return turnOf(call)?.role === 'verifier' ? { status: 401, body: { type: 'error', error } } : work(call);
}

/** A file outside the workspace with so many characters of lines that look different. */
function requestOf(stage: Stage, characters: number): string {
  const file = path.join(stage.rig.sandbox.root, 'request.md');
  const lines = Array.from({ length: Math.ceil(characters / 9) }, (_, at) => `${String(at).padStart(8, '0')}\n`);
  writeFileSync(file, `${lines.join('').slice(0, characters - 4)}end.`);
  return file;
}

function sessions(stage: Stage): string[] {
  return stage.rig.events().flatMap((event) => (event.event_type === 'session_identified' ? [event.session_id] : []));
}

function turns(stage: Stage): string[] {
  return stage.rig.events().flatMap((event) => (event.event_type === 'phase_finished' ? [event.phase] : []));
}

function rawLog(stage: Stage): string {
  return readFileSync(path.join(stage.rig.lastRun().path, 'raw_phase_log.md'), 'utf8');
}
