import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { FailureName } from '../../support/fake-agent/failures.ts';
import type { CLAUDE_FAILURES, CODEX_FAILURES } from '../../support/fake-agent/failures.ts';
import { answered, failed, usage } from '../../unit/providers/fakes.ts';
import { claude, codex, stage } from './stage.ts';

const BILL = { input: 100, cached: 10, output: 20, reasoning: 5, costUsd: 0.25 };

describe('codex as a program', () => {
  it('starts a session, goes on in it, and is billed turn by turn', async () => {
    await using bed = stage({ rules: [{ say: 'Done.', usage: BILL }] });
    const agent = await bed.agent({ roles: { ...codex, effort: 'high' } });
    const first = answered(await bed.run(agent));
    const second = answered(await bed.run(agent, { resume: first.sessionId, totalsBefore: first.sessionTotals }));
    const share = usage({ inputTokens: 100, cachedInputTokens: 10, outputTokens: 20, reasoningTokens: 5 });
    expect([first.usage, second.usage]).toEqual([share, share]);
    expect(second).toMatchObject({ sessionId: first.sessionId, warnings: [], sessionTotals: { inputTokens: 200 } });
    expect(second.text).toContain('Done.');
    expect(bed.calls().map(({ env }) => env['AUTOLOOP_RUN_ID'])).toEqual(['run-1', 'run-1']);
    expect(readFileSync(bed.log, 'utf8')).toContain('"thread.started"');
  });

  it.each(['bypass', 'inherit', 'workspace-write'] as const)(
    'takes every option that it is given: %s',
    async (sandbox) => {
      await using bed = stage();
      const agent = await bed.agent({ roles: { ...codex, effort: 'low' }, codex: { sandbox, networkAccess: true } });
      const { sessionId } = answered(await bed.run(agent));
      answered(await bed.run(agent, { resume: sessionId }));
    },
  );

  it('is served with what an older release has', async () => {
    await using bed = stage({
      lacks: ['--sandbox', '--config'],
      extra: ['--full-auto'],
      versions: { codex: 'codex-cli 0.9.0' },
    });
    const agent = await bed.agent({ roles: codex });
    const { sessionId } = answered(await bed.run(agent));
    answered(await bed.run(agent, { resume: sessionId }));
    expect(bed.calls().every(({ argv }) => argv.includes('--full-auto'))).toBe(true);
  });

  it.each<[FailureName & keyof typeof CODEX_FAILURES, string]>([
    ['rate_limit', 'transient'],
    ['usage_limit', 'limit'],
    ['billing', 'limit'],
    ['auth', 'auth'],
    ['forbidden', 'auth'],
    ['overloaded', 'transient'],
    ['server_error', 'transient'],
    ['network', 'transient'],
    ['context_full', 'context_full'],
    ['input_too_large', 'context_full'],
    ['bad_model', 'bad_model'],
    ['missing_key', 'auth'],
    ['unknown_session', 'unknown_session'],
    ['busy_session', 'transient'],
    ['config_error', 'configuration'],
    ['turn_failed', 'other'],
    ['turn_failed_exit_0', 'other'],
    ['no_terminal_event', 'interrupted'],
    ['crash', 'other'],
    ['killed', 'interrupted'],
    ['terminated', 'interrupted'],
  ])('fails in the way %s, which is %s', async (failure, expected) => {
    await using bed = stage({ rules: [{ failure }] });
    expect(failed(await bed.run(await bed.agent({ roles: codex }))).class).toBe(expected);
  });
});

describe('claude as a program', () => {
  const allowed = { permissionStrategy: 'allow_core_tools' } as const;

  it('starts a session with our id, goes on in it, and is billed turn by turn', async () => {
    await using bed = stage({ rules: [{ say: 'Done.', usage: BILL }] });
    const agent = await bed.agent({ roles: claude, claude: allowed });
    const first = answered(await bed.run(agent, { prompt: '/do it' }));
    const second = answered(await bed.run(agent, { resume: first.sessionId, totalsBefore: first.sessionTotals }));
    expect(first).toMatchObject({ warnings: [], usage: { outputTokens: 20, costUsd: 0.25 } });
    expect(second).toMatchObject({ sessionId: first.sessionId, usage: first.usage, sessionTotals: { costUsd: 0.5 } });
    expect(bed.calls()).toMatchObject([
      { systemPrompt: 'The contract.', env: { CLAUDE_CODE_DISABLE_BACKGROUND_TASKS: '1' } },
      { systemPrompt: 'The contract.' },
    ]);
    expect(bed.calls()[0]?.argv).toContain(first.sessionId);
  });

  it('shows its progress when it streams', async () => {
    await using bed = stage({ rules: [{ say: 'Done.', write: { 'a.txt': 'x' } }] });
    const agent = await bed.agent({ roles: { ...claude, effort: 'max' }, claude: { ...allowed, stream: true } });
    const shown: string[] = [];
    const report = answered(await bed.run(agent, { onActivity: ({ kind }) => void shown.push(kind) }));
    expect(report.text).toContain('Done.');
    expect(shown).toContain('file');
  });

  it('reports the tools that it was denied', async () => {
    await using bed = stage({ rules: [{ denials: ['Write'] }] });
    const { denied } = answered(await bed.run(await bed.agent({ roles: claude })));
    expect(denied).toEqual(['Write (provider.claude.permission_strategy: allow_core_tools allows it)']);
  });

  it('is followed into another session than the one it was told', async () => {
    const other = '22222222-2222-4222-8222-222222222222';
    await using bed = stage({ rules: [{ sessionId: other }] });
    const report = answered(await bed.run(await bed.agent({ roles: claude })));
    expect(report.sessionId).toBe(other);
    expect(report.warnings).toHaveLength(1);
  });

  it.each<[FailureName & keyof typeof CLAUDE_FAILURES, string]>([
    ['rate_limit', 'transient'],
    ['usage_limit', 'limit'],
    ['billing', 'limit'],
    ['auth', 'auth'],
    ['forbidden', 'auth'],
    ['overloaded', 'transient'],
    ['server_error', 'transient'],
    ['network', 'transient'],
    ['context_full', 'context_full'],
    ['input_too_large', 'context_full'],
    ['bad_model', 'bad_model'],
    ['missing_key', 'auth'],
    ['unknown_session', 'unknown_session'],
    ['busy_session', 'transient'],
    ['config_error', 'configuration'],
    ['turn_failed', 'other'],
    ['is_error_exit_0', 'other'],
    ['sigint_exit_0', 'interrupted'],
    ['max_turns', 'other'],
    ['no_terminal_event', 'interrupted'],
    ['crash', 'other'],
    ['killed', 'interrupted'],
    ['terminated', 'interrupted'],
  ])('fails in the way %s, which is %s', async (failure, expected) => {
    await using bed = stage({ rules: [{ failure }] });
    const agent = await bed.agent({ roles: claude, claude: { ...allowed, stream: true } });
    expect(failed(await bed.run(agent)).class).toBe(expected);
  });

  it.each(['unknown_session', 'auth', 'sigint_exit_0'] as const)(
    'fails in the same way without streaming: %s',
    async (failure) => {
      const results = { unknown_session: 'unknown_session', auth: 'auth', sigint_exit_0: 'interrupted' };
      await using bed = stage({ rules: [{ failure }] });
      expect(failed(await bed.run(await bed.agent({ roles: claude, claude: allowed }))).class).toBe(results[failure]);
    },
  );
});

describe('either program', () => {
  it('is ended when it prints nothing for too long, and when it never ends', async () => {
    await using bed = stage({
      rules: [
        { program: 'codex', hang: 'silent' },
        { program: 'claude', hang: 'chatty' },
      ],
    });
    const idle = await bed.agent({ roles: codex }, { idleTimeoutMinutes: 0.005 });
    expect(failed(await bed.run(idle)).class).toBe('hang_idle');
    const endless = await bed.agent({ roles: claude, claude: { stream: true } }, { turnTimeoutMinutes: 0.01 });
    expect(failed(await bed.run(endless)).class).toBe('hang_turn');
  });

  it('ends with the run', async () => {
    await using bed = stage({ rules: [{ hang: 'chatty' }] });
    const stop = new AbortController();
    const agent = await bed.agent({ roles: codex });
    const onSession = (): Promise<void> => {
      stop.abort();
      return Promise.resolve();
    };
    const report = await bed.run(agent, { stop: stop.signal, onSession });
    expect(failed(report).class).toBe('stopped');
  });

  it('answers in lines of megabytes', async () => {
    const raw = 'ä'.repeat(3_000_000);
    await using bed = stage({ rules: [{ raw }] });
    for (const roles of [codex, claude]) {
      expect(answered(await bed.run(await bed.agent({ roles }))).text === raw).toBe(true);
    }
  });

  it('may not be there, be logged out, or lack what is needed', async () => {
    await using bed = stage({ loggedIn: false, lacks: ['--json'] });
    await expect(bed.agent({ roles: claude })).rejects.toThrow('claude is not logged in');
    await expect(bed.agent({ roles: codex })).rejects.toThrow('has no --json');
  });
});
