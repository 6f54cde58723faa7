import { mkdirSync, readFileSync, realpathSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { answered, failed, turnCall, usage } from '../../unit/providers/fakes.ts';
import { acpStage, asks, OPTIONS, says, tool } from './acp-stage.ts';

const BILL = { input: 100, cached: 40, output: 20, reasoning: 5, costUsd: 0.25 };
const OURS = usage({ inputTokens: 100, cachedInputTokens: 40, outputTokens: 20, reasoningTokens: 5, costUsd: 0.25 });

describe('an agent that speaks the Agent Client Protocol', () => {
  it('starts a session, goes on in it, and is billed turn by turn', async () => {
    await using bed = acpStage({}, { rules: [{ say: 'Done.', usage: BILL }] });
    const agent = await bed.agent();
    const first = answered(await bed.run(agent));
    const second = answered(await bed.run(agent, { resume: first.sessionId, totalsBefore: first.sessionTotals }));
    expect([first.usage, second.usage]).toEqual([OURS, OURS]);
    expect(second).toMatchObject({ text: 'Done.', sessionId: first.sessionId, warnings: [], denied: [] });
    expect(bed.heard().map(({ method }) => method)).toEqual([
      'initialize',
      'session/new',
      'session/prompt',
      'session/close',
      'initialize',
      'session/resume',
      'session/prompt',
      'session/close',
    ]);
    const none = { fs: { readTextFile: false, writeTextFile: false }, terminal: false };
    const cwd = realpathSync(bed.workspace);
    expect(
      bed
        .heard()
        .map(({ params }) => params)
        .slice(0, 3),
    ).toEqual([
      { protocolVersion: 1, clientCapabilities: none, clientInfo: { name: 'autoloop', version: '1' } },
      { cwd, mcpServers: [] },
      { sessionId: first.sessionId, prompt: [{ type: 'text', text: 'Do it.' }] },
    ]);
    expect(readFileSync(bed.log, 'utf8')).toContain('"stopReason":"end_turn"');
  });

  it('has what a loaded session repeats of itself neither shown nor in the answer', async () => {
    await using bed = acpStage(
      { sessions: { resume: false }, replay: [tool({ title: 'old tool' }), says('old words')] },
      { rules: [{ say: 'New.' }] },
    );
    const agent = await bed.agent();
    const { sessionId } = answered(await bed.run(agent));
    const call = turnCall({ resume: sessionId, logFile: bed.log });
    expect(answered(await agent.run(call)).text).toBe('New.');
    expect(bed.heard().map(({ method }) => method)).toContain('session/load');
    expect(JSON.stringify(call.activities)).not.toContain('old');
  });

  it('that can go on with no session gets the full instructions in a new one, and that is said once', async () => {
    await using bed = acpStage({ sessions: { resume: false, load: false, close: false } });
    const agent = await bed.agent();
    const first = answered(await bed.run(agent));
    const again = { resume: first.sessionId, promptAnew: () => 'All of it.' };
    const second = answered(await bed.run(agent, again));
    expect(first.warnings).toEqual([
      'acp can go on with no session: every turn begins a new one, with the full instructions',
    ]);
    expect(second.warnings).toEqual([]);
    expect(bed.calls().map(({ prompt }) => prompt)).toEqual(['Do it.', 'All of it.']);
  });

  it('says which session it does not know any more', async () => {
    await using bed = acpStage();
    const agent = await bed.agent();
    expect(failed(await bed.run(agent, { resume: 'gone' })).class).toBe('unknown_session');
  });

  it('tells a cost that begins anew at 0 as unknown, and so does every later turn', async () => {
    await using bed = acpStage(
      { forgetsCost: true },
      { rules: [{ nth: 1, usage: BILL }, { usage: { costUsd: 0.1 } }] },
    );
    const agent = await bed.agent();
    const first = answered(await bed.run(agent));
    const second = answered(await bed.run(agent, { resume: first.sessionId, totalsBefore: first.sessionTotals }));
    const third = answered(await bed.run(agent, { resume: first.sessionId, totalsBefore: second.sessionTotals }));
    const fourth = answered(await bed.run(agent, { resume: first.sessionId, totalsBefore: third.sessionTotals }));
    const turns = [first, second, third, fourth];
    expect(turns.map(({ usage: { costUsd } }) => costUsd)).toEqual([0.25, null, null, null]);
    expect(turns.map(({ warnings }) => warnings.filter((each) => each.includes('max_cost_usd')).length)).toEqual([
      0, 1, 0, 0,
    ]);
  });

  it('answers with what it says after its last tool, and of numbered messages with the last', async () => {
    const notice = says('**Warning:** from the program around it');
    await using bed = acpStage({
      turn: [
        says('I look.', 'a'),
        tool({ title: 'Read' }),
        says('First.', 'b'),
        says('The ', 'c'),
        notice,
        says('verdict.', 'c'),
        notice,
      ],
      after: [says('Afterthought.', 'c')],
    });
    expect(answered(await bed.run(await bed.agent())).text).toBe('The verdict.');
  });

  it('puts chunks without numbers together, and takes a late word of a tool that was over for none', async () => {
    await using bed = acpStage({
      turn: [
        tool({ title: 'Read', status: 'completed' }),
        says('One '),
        says('answer.'),
        tool({ status: 'completed' }, 'tool_call_update'),
      ],
    });
    expect(answered(await bed.run(await bed.agent())).text).toBe('One answer.');
  });

  it('is shown at work: tools by title, failures, plans, whole messages, and never its thoughts', async () => {
    const thought = { sessionUpdate: 'agent_thought_chunk', content: { type: 'text', text: 'secret' } };
    const plan = { sessionUpdate: 'plan', entries: [{ content: 'Look around', status: 'in_progress' }] };
    await using bed = acpStage({
      turn: [
        { update: thought },
        { update: plan },
        says('I '),
        says('look.'),
        tool({ title: 'Terminal', kind: 'execute', status: 'pending', rawInput: {} }),
        tool({ title: 'npm test', rawInput: { command: 'npm test' } }, 'tool_call_update'),
        tool({ status: 'failed' }, 'tool_call_update'),
        tool({ toolCallId: 'tool-2', title: 'Write a', kind: 'edit', locations: [{ path: 'src/a' }] }),
        says('Done.'),
      ],
    });
    const call = turnCall({ logFile: bed.log });
    await (await bed.agent()).run(call);
    expect(call.activities).toEqual([
      { kind: 'notice', text: 'plan: Look around' },
      { kind: 'message', text: 'I look.' },
      { kind: 'command', text: 'npm test' },
      { kind: 'notice', text: 'failed: npm test' },
      { kind: 'file', text: 'src/a' },
      { kind: 'message', text: 'Done.' },
    ]);
  });

  it('is told at once what we do not offer, and what is strange is a notice', async () => {
    await using bed = acpStage({
      turn: [
        { line: 'noise on the output' },
        { line: '["a list"]' },
        { line: '{"jsonrpc":"2.0","id":77,"result":{}}' },
        { line: '{"jsonrpc":"2.0","id":0,"result":{}}' },
        { line: '{"jsonrpc":"2.0","method":"vendor/unknown","params":{}}' },
        { ask: 'fs/read_text_file', params: { path: '/etc/passwd' } },
        { ask: 'terminal/create', params: { command: 'sh' } },
        { ask: 'craft/drainMidTurnQueue', params: {} },
        says('Done.'),
      ],
    });
    const { text, warnings } = answered(await bed.run(await bed.agent()));
    expect(text).toBe('Done.');
    const refusals = bed.heard().filter(({ error }) => error !== undefined);
    expect(refusals.map(({ error }) => error?.code)).toEqual([-32601, -32601, -32601]);
    expect(warnings).toEqual([
      'acp answered a request that was not made',
      'acp answered initialize twice, of which the first counts',
    ]);
  });

  it('may print a line of 40 MiB, which is cut with a notice', async () => {
    await using bed = acpStage({ turn: [{ longLineMb: 40 }, says('Done.')] });
    const { text, warnings } = answered(await bed.run(await bed.agent()));
    expect(text).toBe('Done.');
    expect(warnings).toEqual(['1 line(s) of the output were longer than 32 MiB and were cut']);
  });
});

describe('what such an agent asks for', () => {
  it('is decided by the kinds of the options, never by their order or ids', async () => {
    const read = { title: 'Read a', kind: 'read', rawInput: { path: 'a' } };
    const always = [{ optionId: 'only', name: 'Always', kind: 'allow_always' }];
    await using bed = acpStage({
      turn: [asks(read), asks(read, always), asks({ ...read, kind: 'fetch' }, always), says('Done.')],
    });
    const { denied } = answered(await bed.run(await bed.agent()));
    expect(outcomes(bed)).toEqual([
      { outcome: 'selected', optionId: 'x3' },
      { outcome: 'selected', optionId: 'only' },
      { outcome: 'cancelled' },
    ]);
    expect(denied).toEqual(['fetch Read a (provider.acp.permissions: allow would let it)']);
  });

  it('is rejected outside the workspace, by .. and by link, and named with the setting', async () => {
    const edit = (title: string, more: object) => asks({ toolCallId: title, title, kind: 'edit', ...more });
    await using bed = acpStage({
      turn: [
        edit('plain', { locations: [{ path: 'src/new/file' }] }),
        edit('up', { locations: [{ path: 'src/../../out' }] }),
        edit('link', { rawInput: { file_path: 'way/file' } }),
        edit('link up', { rawInput: { edits: [{ path: 'inner/../../up' }] } }),
        edit('diff', { content: [{ type: 'diff', path: '/etc/hosts', newText: '' }] }),
        asks({ toolCallId: 'run', title: 'ls', kind: 'execute', rawInput: { command: 'ls', cwd: '/' } }),
        says('Done.'),
      ],
    });
    mkdirSync(path.join(bed.workspace, 'src/deep'), { recursive: true });
    symlinkSync(bed.root, path.join(bed.workspace, 'way'));
    symlinkSync('src/deep', path.join(bed.workspace, 'inner'));
    const { denied, warnings } = answered(await bed.run(await bed.agent()));
    const names = ['edit up (src/../../out', 'edit link (way/file', 'edit diff (/etc/hosts', 'execute ls (/'];
    const outside = 'is outside the workspace; provider.acp.permissions: allow would let it)';
    expect(denied).toEqual(names.map((name) => `${name} ${outside}`));
    expect(warnings[0]).toContain('acp was denied edit up');
  });

  it.each([
    ['allow', 'fetch', 'x3'],
    ['reject', 'read', 'x1'],
  ] as const)('is answered alike where the policy is %s', async (permissions, kind, optionId) => {
    await using bed = acpStage({ turn: [asks({ title: 'T', kind }), says('Done.')] });
    answered(await bed.run(await bed.agent({ permissions })));
    expect(outcomes(bed)).toEqual([{ outcome: 'selected', optionId }]);
  });

  it('may name its kind and paths in an earlier update', async () => {
    await using bed = acpStage({
      turn: [tool({ title: 'Write', kind: 'edit', locations: [{ path: '/etc/x' }] }), asks({}, OPTIONS), says('Done.')],
    });
    expect(answered(await bed.run(await bed.agent())).denied).toHaveLength(1);
  });
});

function outcomes(bed: { heard(): { result?: { outcome?: unknown } }[] }): unknown[] {
  return bed.heard().flatMap(({ result }) => (result === undefined ? [] : [result.outcome]));
}
