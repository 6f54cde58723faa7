import { describe, expect, it } from 'vitest';
import { activityReader } from '../../../src/providers/activity.ts';

const readAll = (provider: Parameters<typeof activityReader>[0], lines: readonly unknown[]) => {
  const read = activityReader(provider);
  return lines.flatMap((line) => read(typeof line === 'string' ? line : JSON.stringify(line)));
};

describe("an agent's deeds in its raw output", () => {
  it("are codex's commands, changed files and messages, each once", () => {
    const command = { type: 'command_execution', command: "/bin/bash -lc 'npm test'" };
    const lines = [
      { type: 'thread.started', thread_id: 'x' },
      { type: 'item.started', item: command },
      { type: 'item.completed', item: { ...command, exit_code: 0 } },
      { type: 'item.completed', item: { ...command, exit_code: 1, status: 'failed' } },
      { type: 'item.completed', item: { type: 'file_change', changes: [{ path: 'a' }, { path: 'b' }] } },
      'not JSON',
      { type: 'item.completed', item: { type: 'agent_message', text: 'Done.' } },
      { type: 'turn.completed', usage: {} },
    ];
    expect(readAll('codex', lines)).toEqual([
      { kind: 'command', text: 'npm test' },
      { kind: 'notice', text: 'failed: npm test' },
      { kind: 'file', text: 'a' },
      { kind: 'file', text: 'b' },
      { kind: 'message', text: 'Done.' },
    ]);
  });

  it("are claude's tools and texts where its output is streamed, and nothing where it is not", () => {
    const content = [
      { type: 'text', text: 'I look.' },
      { type: 'tool_use', name: 'Bash', input: { command: 'ls' } },
    ];
    expect(
      readAll('claude', [{ type: 'assistant', message: { id: 'm', content, usage: { input_tokens: 1 } } }]),
    ).toEqual([
      { kind: 'message', text: 'I look.' },
      { kind: 'command', text: 'ls' },
    ]);
    expect(readAll('claude', [{ type: 'result', result: 'Done.' }])).toEqual([]);
  });

  it('are unknown of any other program', () => {
    expect(readAll('command', ['anything', { type: 'item.completed' }])).toEqual([]);
  });
});
