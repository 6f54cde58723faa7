import { mkdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { answered, failed, usage } from '../../unit/providers/fakes.ts';
import { acpStage, asks, OPTIONS, says, tool } from './acp-stage.ts';

const line = (message: object) => ({ line: JSON.stringify({ jsonrpc: '2.0', ...message }) });

describe('an agent of the protocol that does not keep to it', () => {
  it('is not believed what it answers under ids of another type, in batches, or to nobody', async () => {
    await using bed = acpStage({
      turn: [
        line({ id: '2', result: { stopReason: 'end_turn' } }),
        line({ id: null, result: {} }),
        line({ id: { a: 1 }, method: 'session/request_permission', params: {} }),
        { line: '[{"jsonrpc":"2.0","id":2,"result":{"stopReason":"end_turn"}}]' },
        { line: 'null' },
        { line: '{"jsonrpc":"2.0","id":' },
        line({ method: 'session/update' }),
        line({ method: 'session/update', params: { update: 'text' } }),
        line({ method: 'session/update', params: { sessionId: 'of another', update: says('Stranger.') } }),
        says('Done.'),
      ],
    });
    const { text, warnings } = answered(await bed.run(await bed.agent()));
    expect(text).toBe('Done.');
    expect(warnings).toEqual(['acp answered a request that was not made']);
  });

  it('says what was strange where it fails', async () => {
    await using bed = acpStage({
      turn: [line({ id: '2', result: { stopReason: 'end_turn' } })],
      result: { stopReason: 'refusal' },
    });
    expect(failed(await bed.run(await bed.agent())).message).toBe(
      'acp ended the turn with refusal; acp answered a request that was not made',
    );
  });

  it('is denied by no option that may as well allow, and allowed nothing once its turn is over', async () => {
    const both = [
      { optionId: 'same', name: 'No', kind: 'reject_once' },
      { optionId: 'same', name: 'Yes', kind: 'allow_once' },
    ];
    const never = { optionId: 'never', name: 'Never', kind: 'reject_always' };
    await using bed = acpStage({
      turn: [
        asks({ title: 'A', kind: 'fetch' }, both),
        asks({ title: 'B', kind: 'fetch' }, [...both, never]),
        asks({ title: 'C', kind: 'read' }, both),
        says('Done.'),
      ],
      after: [asks({ title: 'D', kind: 'read' })],
    });
    const { text } = answered(await bed.run(await bed.agent()));
    const cancelled = { outcome: 'cancelled' };
    expect(text).toBe('Done.');
    expect(bed.heard().flatMap(({ result }) => (result === undefined ? [] : [result.outcome]))).toEqual([
      cancelled,
      { outcome: 'selected', optionId: 'never' },
      cancelled,
      cancelled,
    ]);
  });

  it('may tell what nobody knows of its turn, in pieces of any size', async () => {
    const unknown = (sessionUpdate: unknown) => ({
      update: { sessionUpdate, content: 'x', toolCallId: 7, entries: {} },
    });
    const huge = 'x'.repeat(6_000_000);
    await using bed = acpStage({
      turn: [
        unknown('vendor_news'),
        unknown(null),
        unknown('tool_call'),
        unknown('plan'),
        unknown('agent_message_chunk'),
        unknown('usage_update'),
        says(huge),
        says(huge),
      ],
    });
    const { text, warnings } = answered(await bed.run(await bed.agent()));
    expect(text).toBe(huge);
    expect(warnings).toEqual(['the answer was longer than is kept: the rest is only in the turn log']);
  });

  it.each([
    ['boom', 'boom'],
    [{ message: 'no code' }, 'no code'],
    [{ code: 'E1', message: 'a word for a code' }, 'a word for a code'],
    [7, '7'],
  ])('fails with its words where its error is none: %j', async (error, words) => {
    await using bed = acpStage({ steps: { 'session/prompt': { error: error as object } } });
    expect(failed(await bed.run(await bed.agent())).message).toBe(`acp refused session/prompt: ${words}`);
  });

  it.each([
    [null, 'without saying why'],
    [7, 'without saying why'],
    ['done', 'with done'],
  ])('has not answered where it stops with %j', async (stopReason, words) => {
    await using bed = acpStage({ turn: [says('Half.')], result: { stopReason } });
    const failure = failed(await bed.run(await bed.agent()));
    expect(failure).toMatchObject({ class: 'other', message: `acp ended the turn ${words}` });
  });

  it('tells no figures that are none, and no cost in what is no currency', async () => {
    const cost = (amount: unknown, currency: unknown = 'USD') => ({
      update: { sessionUpdate: 'usage_update', cost: { amount, currency } },
    });
    await using bed = acpStage({
      turn: [cost('1.5'), cost(-3), cost({}), cost(0.5, 'usd'), cost(9, 7), says('Done.')],
      result: { usage: { inputTokens: '1000', outputTokens: -5, cachedReadTokens: null, thoughtTokens: 3 } },
    });
    const report = answered(await bed.run(await bed.agent()));
    expect(report.usage).toEqual(usage({ reasoningTokens: 3, costUsd: 0.5 }));
    expect(report.warnings).toEqual([
      'acp tells its cost in no currency: it is not counted, since sums are in US dollars',
    ]);
  });

  it('keeps little of an answer that is filled up', async () => {
    await using bed = acpStage({ turn: [says('Done.')], result: { _meta: { filler: 'x'.repeat(100_000) } } });
    expect(answered(await bed.run(await bed.agent())).metadata).toEqual({ stopReason: 'end_turn' });
  });

  it('is denied what it asks for in an odd way', async () => {
    const ask = (params: object) => ({ ask: 'session/request_permission', params });
    await using bed = acpStage({
      turn: [
        ask({}),
        ask({ options: OPTIONS }),
        ask({ options: 'all', toolCall: { toolCallId: 'b', kind: 'read', title: 'B' } }),
        ask({ options: [null, 7, { kind: 'allow_once' }], toolCall: { toolCallId: 'c', kind: 'read', title: 'C' } }),
        ask({ options: OPTIONS, toolCall: { toolCallId: 'd', kind: ['read'], title: 7 } }),
        asks({ toolCallId: 'e', title: 'E', kind: 'read', locations: [{ path: 7 }] }),
        says('Done.'),
      ],
    });
    const { denied } = answered(await bed.run(await bed.agent()));
    const outcomes = bed.heard().flatMap(({ result }) => (result === undefined ? [] : [result.outcome]));
    const cancelled = { outcome: 'cancelled' };
    const rejected = { outcome: 'selected', optionId: 'x1' };
    expect(outcomes).toEqual([cancelled, rejected, cancelled, cancelled, rejected, rejected]);
    expect(denied).toContain('read B (the agent offers no way to allow it)');
    expect(denied).toContain(
      'read E (it names a path that cannot be followed; provider.acp.permissions: allow would let it)',
    );
  });

  it('is held to the workspace by whatever way it names a path', async () => {
    const deep = { a: { b: { c: { d: { e: { f: { g: { path: '/etc' } } } } } } } };
    const edits: readonly (readonly [string, object])[] = [
      ['nested', { rawInput: { edits: [{ file: { path: '/etc/a' } }] } }],
      ['too deep', { rawInput: deep }],
      ['escaped', { rawInput: { uri: 'file:///%65tc/passwd' } }],
      ['escaped up', { locations: [{ path: 'file://localhost%2fetc' }] }],
      ['another scheme', { rawInput: { uri: 'smb://host/share' } }],
      ['link by its folder', { rawInput: { cwd: 'sub', path: 'way/file' } }],
      ['not there yet', { rawInput: { path: 'way/new/folder/file' } }],
      ['home', { rawInput: { path: '~/file' } }],
      ['patch', { rawInput: { changes: { '/etc/hosts': { type: 'add' } } } }],
      ['circle', { rawInput: { path: 'circle/file' } }],
      ['too many', { rawInput: { paths: Array.from({ length: 1001 }, (_, at) => `f${at}`) } }],
    ];
    const fine = [
      ['new file', { rawInput: { path: 'src/new/file.ts' } }],
      ['by folder', { rawInput: { cwd: 'sub', path: 'file' } }],
    ] as const;
    await using bed = acpStage({
      turn: [
        ...edits.map(([title, more]) => asks({ toolCallId: title, title, kind: 'edit', ...more })),
        ...fine.map(([title, more]) => asks({ toolCallId: title, title, kind: 'edit', ...more })),
        says('Done.'),
      ],
    });
    mkdirSync(path.join(bed.workspace, 'sub'));
    symlinkSync(bed.root, path.join(bed.workspace, 'sub/way'));
    symlinkSync(bed.root, path.join(bed.workspace, 'way'));
    symlinkSync('circle', path.join(bed.workspace, 'circle'));
    const { denied } = answered(await bed.run(await bed.agent()));
    expect(denied.map((text) => text.replace(/ \(.*/, ''))).toEqual(edits.map(([title]) => `edit ${title}`));
  });

  it('may speak of its turn before its session is there, which is no part of the answer', async () => {
    await using bed = acpStage({
      sessions: { resume: false },
      replay: [says('Early.'), tool({ title: 'old' }), asks({ title: 'Fetch', kind: 'fetch' })],
    });
    const agent = await bed.agent();
    const { sessionId } = answered(await bed.run(agent));
    const second = answered(await bed.run(agent, { resume: sessionId }));
    expect(second.text).not.toContain('Early.');
    expect(second.denied).toHaveLength(1);
  });
});
