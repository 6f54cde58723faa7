import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeEvent } from '../../../src/providers/codex/events.ts';
import { CodexReader } from '../../../src/providers/codex/outcome.ts';
import { SessionWatch } from '../../../src/providers/session.ts';
import { codexLines, turnCall, usage } from './fakes.ts';

const decode = (event: unknown) => decodeEvent(JSON.stringify(event));
const command = (changes: object, type?: string) =>
  decode(codexLines.item({ type: 'command_execution', command: "/bin/bash -lc 'npm test'", ...changes }, type));

describe('an event of codex', () => {
  it('tells the thread', () => {
    expect(decode({ type: 'thread.started', thread_id: 'abc' })).toEqual({ kind: 'thread', id: 'abc' });
  });

  it('shows a command without the shell around it', () => {
    expect(command({ status: 'in_progress', exit_code: null }, 'item.started')).toEqual({
      kind: 'command',
      command: 'npm test',
      failure: null,
    });
    const quoted = '/bin/bash -lc "sed -i \'/"\'^phases:/,$d\'"\' \'a b.yaml\' && echo \\"\\$HOME\\""';
    expect(command({ command: quoted })).toMatchObject({
      command: `sed -i '/^phases:/,$d' 'a b.yaml' && echo "$HOME"`,
    });
    const plain = decode(codexLines.item({ type: 'command_execution', command: 'git status' }));
    expect(plain).toMatchObject({ command: 'git status' });
  });

  it('holds the output of a command that failed', () => {
    const output = { aggregated_output: 'no such file', exit_code: 1, status: 'failed' };
    expect(command(output)).toMatchObject({ failure: 'no such file' });
    expect(command({ ...output, exit_code: 0, status: 'completed' })).toMatchObject({ failure: null });
  });

  it('names the files of a change', () => {
    const changes = [{ path: 'a.ts', kind: 'add' }, { path: 'b.ts', kind: 'update' }, { kind: 'odd' }];
    expect(decode(codexLines.item({ type: 'file_change', changes }))).toEqual({
      kind: 'files',
      paths: ['a.ts', 'b.ts'],
    });
  });

  it('takes an item of type error for a warning and an event of type error for one that may pass', () => {
    expect(decode(codexLines.item({ type: 'error', message: 'odd setting' }))).toEqual({
      kind: 'warning',
      text: 'odd setting',
    });
    expect(decode({ type: 'error', message: 'Reconnecting... 1/5' })).toEqual({
      kind: 'error',
      text: 'Reconnecting... 1/5',
    });
  });

  it('tells the totals of the thread, unknown where they are missing', () => {
    expect(decode({ type: 'turn.completed', usage: { input_tokens: 7, output_tokens: 'x' } })).toEqual({
      kind: 'completed',
      totals: usage({ inputTokens: 7 }),
    });
  });

  it.each(['reasoning', 'mcp_tool_call', 'web_search', 'todo_list', 'something_new'])(
    'says nothing in an item of type %s',
    (type) => {
      expect(decode(codexLines.item({ type, text: 'x' }))).toEqual({ kind: 'other' });
    },
  );

  it('is ignored when its type is unknown', () => {
    expect(decode({ type: 'turn.celebrated', text: 'x' })).toEqual({ kind: 'other' });
  });

  it('is none when the line is something else', () => {
    for (const line of ['', 'Reading prompt from stdin...', '{"type":', '[]', '{"no":"type"}', '{"type":7}']) {
      expect(decodeEvent(line)).toBeNull();
    }
  });
});

describe('the reader of codex', () => {
  const types = [
    'thread.started',
    'item.completed',
    'item.started',
    'error',
    'turn.completed',
    'turn.failed',
    'new.kind',
  ];
  const event = fc.record(
    {
      type: fc.oneof(fc.constantFrom(...types), fc.jsonValue()),
      thread_id: fc.jsonValue(),
      message: fc.jsonValue(),
      usage: fc.jsonValue(),
      error: fc.jsonValue(),
      item: fc.oneof(
        fc.jsonValue(),
        fc.record({
          type: fc.constantFrom('agent_message', 'command_execution', 'file_change', 'error'),
          text: fc.jsonValue(),
          command: fc.jsonValue(),
          changes: fc.jsonValue(),
          exit_code: fc.jsonValue(),
          aggregated_output: fc.jsonValue(),
        }),
      ),
    },
    { requiredKeys: ['type'] },
  );
  const line = fc.oneof(
    fc.string(),
    event.map((value) => JSON.stringify(value)),
  );
  const cut = fc.tuple(event, fc.nat(200)).map(([value, at]) => JSON.stringify(value).slice(0, at));

  it('survives every line', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(line, cut)), (lines) => {
        const turn = turnCall();
        const reader = new CodexReader(turn, new SessionWatch(turn, 'codex'), {
          sandbox: 'workspace-write',
          told: new Set(),
        });
        for (const each of lines) {
          reader.line(each);
          reader.isFinal(each);
        }
        const { answer } = reader.reading();
        expect(answer === null || typeof answer === 'string').toBe(true);
      }),
    );
  });

  it('reads the same with events of unknown types in between', () => {
    const lines = [
      codexLines.thread(),
      codexLines.begun,
      codexLines.message('One.'),
      codexLines.message('Two.'),
      codexLines.completed(),
    ];
    const unknown = fc.record({ type: fc.string().map((name) => `new.${name}`), text: fc.string() });
    const read = (all: readonly object[]) => {
      const turn = turnCall();
      const reader = new CodexReader(turn, new SessionWatch(turn, 'codex'), {
        sandbox: 'workspace-write',
        told: new Set(),
      });
      for (const each of all) reader.line(JSON.stringify(each));
      return { reading: reader.reading(), activities: turn.activities };
    };
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(lines.length), unknown)), (inserted) => {
        const all: object[] = [...lines];
        for (const [at, noise] of inserted) all.splice(at, 0, noise);
        expect(read(all)).toEqual(read(lines));
      }),
    );
  });

  it('knows the last word by its event, not by what an agent says', () => {
    const turn = turnCall();
    const reader = new CodexReader(turn, new SessionWatch(turn, 'codex'), {
      sandbox: 'workspace-write',
      told: new Set(),
    });
    expect(reader.isFinal(JSON.stringify(codexLines.completed()))).toBe(true);
    expect(reader.isFinal(JSON.stringify(codexLines.failed('x')))).toBe(true);
    expect(reader.isFinal(JSON.stringify(codexLines.message('{"type":"turn.completed"}')))).toBe(false);
  });
});
