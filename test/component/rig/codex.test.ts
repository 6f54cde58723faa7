import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { AgentScript } from '../../support/fake-agent/script.ts';
import { bench, events, promptOf } from './bench.ts';

const START = ['exec', '--json', '--skip-git-repo-check', '--model', 'm', '-'];

function ask(script: AgentScript = {}) {
  const one = bench('codex', script);
  return {
    ...one,
    start: () => one.call(START, promptOf({ pair: 'implement', role: 'verifier' })),
    resume: (id: string) =>
      one.call(['exec', 'resume', '--json', '--skip-git-repo-check', id, '-'], promptOf({ role: 'verifier' })),
  };
}

describe('the fake codex', () => {
  it('prints a thread, a message and the end of the turn as JSON lines', async () => {
    using codex = ask();
    const done = await codex.start();
    expect(done.code).toBe(0);
    expect(events(done).map((event) => event['type'])).toEqual([
      'thread.started',
      'turn.started',
      'item.completed',
      'turn.completed',
    ]);
    expect(done.stdout).toContain('\\"promise\\":\\"COMPLETE\\"');
  });

  it('counts usage over the whole thread', async () => {
    using codex = ask({
      rules: [{ usage: { input: 1000, output: 1 }, times: 1 }, { usage: { input: 50, output: 2 } }],
    });
    const first = events(await codex.start());
    const id = String(first[0]?.['thread_id']);
    const second = events(await codex.resume(id));
    expect(first.at(-1)?.['usage']).toMatchObject({ input_tokens: 1000, output_tokens: 1 });
    expect(second[0]?.['thread_id']).toBe(id);
    expect(second.at(-1)?.['usage']).toMatchObject({ input_tokens: 1050, output_tokens: 3 });
  });

  it.each([
    [['exec', '--json', '--full-auto', '-'], '--full-auto'],
    [['exec', '--model-effort', 'high', '-'], '--model-effort'],
    [['exec', 'resume', '-s', 'read-only', 'ID', '-'], '-s'],
    [['exec', 'resume', '-C', '/', 'ID', '-'], '-C'],
  ])('refuses %j with exit code 2', async (args, flag) => {
    using codex = ask();
    const done = await codex.call(args, 'x');
    expect(done).toMatchObject({ code: 2, stdout: '' });
    expect(done.stderr).toContain(`error: unexpected argument '${flag}' found`);
    expect(codex.calls()).toEqual([]);
  });

  it('has the options that a script adds and lacks those that it takes away, in its help too', async () => {
    using codex = ask({ lacks: ['--json'], extra: ['--full-auto'] });
    const help = await codex.call(['exec', '--help'], '');
    expect(help.stdout).toContain('--full-auto');
    expect(help.stdout).not.toContain('--json');
    expect((await codex.call(['exec', '--json', '-'], 'x')).code).toBe(2);
    expect((await codex.call(['exec', '--full-auto', '--skip-git-repo-check', '-'], 'x')).code).toBe(0);
  });

  it('refuses a folder outside a repository unless told not to check', async () => {
    using codex = ask();
    const outside = await codex.call(['exec', '--json', '-'], 'x');
    expect(outside).toMatchObject({ code: 1, stdout: '' });
    expect(outside.stderr).toContain('Not inside a trusted directory');
    mkdirSync(path.join(codex.workspace, '.git'));
    writeFileSync(path.join(codex.workspace, '.git/HEAD'), 'ref: refs/heads/main\n');
    expect((await codex.call(['exec', '--json', '-'], 'x')).code).toBe(0);
  });

  it('knows no thread that it did not start, and starts a new one for an id that is no UUID', async () => {
    using codex = ask();
    const unknown = await codex.resume('00000000-0000-4000-8000-000000000000');
    expect(unknown).toMatchObject({ code: 1, stdout: '' });
    expect(unknown.stderr).toContain('no rollout found for thread id');
    const fresh = await codex.resume('my-thread');
    expect(fresh.code).toBe(0);
    expect(events(fresh)[0]?.['thread_id']).not.toBe('my-thread');
  });

  it('waits for the end of its input, and refuses a blank or a too long one', async () => {
    using codex = ask();
    const open = codex.launch(START);
    open.child.stdin.write(promptOf({ role: 'verifier' }));
    open.child.stdin.end();
    expect((await open.done).code).toBe(0);
    expect(await codex.call(START, ' \n')).toMatchObject({ code: 1, stdout: '' });
    const long = await codex.call(START, 'x'.repeat(1_048_577));
    expect(long.code).toBe(1);
    expect(events(long)).toHaveLength(1);
    expect(long.stderr).toContain('input_too_large');
  });

  it.each([
    'rate_limit',
    'usage_limit',
    'auth',
    'overloaded',
    'network',
    'context_full',
    'bad_model',
    'turn_failed',
  ] as const)('fails a turn as %s: an error, turn.failed and exit code 1', async (failure) => {
    using codex = ask({ rules: [{ failure }] });
    const done = await codex.start();
    expect(done.code).toBe(1);
    expect(
      events(done)
        .slice(-2)
        .map((event) => event['type']),
    ).toEqual(['error', 'turn.failed']);
  });

  it.each([
    ['unknown_session', 1, null],
    ['config_error', 1, null],
    ['crash', 101, null],
    ['killed', null, 'SIGKILL'],
    ['terminated', null, 'SIGTERM'],
  ] as const)('fails a turn as %s', async (failure, code, signal) => {
    using codex = ask({ rules: [{ failure }] });
    expect(await codex.start()).toMatchObject({ code, signal });
  });

  it('answers without a terminal event', async () => {
    using codex = ask({ rules: [{ failure: 'no_terminal_event' }] });
    const done = await codex.start();
    expect(done.code).toBe(0);
    expect(events(done).at(-1)?.['type']).toBe('item.completed');
  });

  it('ends at SIGINT with exit code 1 and no terminal event, and dies by SIGTERM', async () => {
    using codex = ask({ rules: [{ hang: 'silent' }] });
    for (const [signal, end] of [
      ['SIGINT', { code: 1, signal: null }],
      ['SIGTERM', { code: null, signal: 'SIGTERM' }],
    ] as const) {
      const hanging = codex.launch(START, promptOf({ role: 'verifier' }));
      await hanging.prints('turn.started');
      hanging.child.kill(signal);
      const done = await hanging.done;
      expect(done).toMatchObject(end);
      expect(done.stdout).not.toContain('turn.completed');
    }
  });

  it('dies when nobody reads it any more', async () => {
    using codex = ask({ rules: [{ hang: 'chatty' }] });
    const chatty = codex.launch(START, promptOf({ role: 'verifier' }));
    await chatty.prints('still thinking');
    chatty.child.stdout.destroy();
    expect((await chatty.done).code).toBe(101);
  });

  it('refuses a second writer to a thread', async () => {
    using codex = ask({ rules: [{ nth: 2, hang: 'silent' }] });
    const id = String(events(await codex.start())[0]?.['thread_id']);
    const first = codex.launch(
      ['exec', 'resume', '--json', '--skip-git-repo-check', id, '-'],
      promptOf({ role: 'verifier' }),
    );
    await first.prints('turn.started');
    expect((await codex.resume(id)).stderr).toContain('already has an active writer');
    first.child.kill('SIGKILL');
    await first.done;
    expect((await codex.resume(id)).code).toBe(0);
  });
});
