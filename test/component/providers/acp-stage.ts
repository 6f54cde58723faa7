import path from 'node:path';
import type { Settings } from '../../../src/core/settings.ts';
import type { AcpTable, Saying } from '../../support/fake-agent/acp-table.ts';
import type { AgentScript } from '../../support/fake-agent/script.ts';
import { readList } from '../../support/readers.ts';
import { stage } from './stage.ts';

const ACP = { name: 'acp', model: null, effort: null } as const;

interface Sent {
  readonly id?: number | string;
  readonly method?: string;
  readonly params?: Record<string, unknown>;
  readonly result?: { readonly outcome?: unknown };
  readonly error?: { readonly code: number };
}

/** A workspace with the fake agent of the protocol, and real supervision. */
export function acpStage(table: AcpTable = {}, script: AgentScript = {}) {
  const bed = stage({ ...script, acp: table }, {}, ['acp']);
  return {
    ...bed,
    folder: path.join(bed.root),
    agent: (acp: Partial<Settings['provider']['acp']> = {}, minutes: Partial<Settings['provider']> = {}) =>
      bed.agent({ roles: ACP, acp: { command: ['acp'], ...acp } }, minutes),
    /** What the agent was told, in order. */
    heard: (): Sent[] => readList<Sent>(bed.agents, 'acp'),
    [Symbol.asyncDispose]: () => bed[Symbol.asyncDispose](),
  };
}

export function says(text: string, messageId?: string): Saying {
  const id = messageId === undefined ? {} : { messageId };
  return { update: { sessionUpdate: 'agent_message_chunk', content: { type: 'text', text }, ...id } };
}

export function tool(call: object, update: 'tool_call' | 'tool_call_update' = 'tool_call'): Saying {
  return { update: { sessionUpdate: update, toolCallId: 'tool-1', ...call } };
}

export const OPTIONS = [
  { optionId: 'x1', name: 'No', kind: 'reject_once' },
  { optionId: 'x2', name: 'Always', kind: 'allow_always' },
  { optionId: 'x3', name: 'Yes', kind: 'allow_once' },
];

export function asks(toolCall: object, options: readonly object[] = OPTIONS): Saying {
  return { ask: 'session/request_permission', params: { toolCall: { toolCallId: 'tool-1', ...toolCall }, options } };
}
