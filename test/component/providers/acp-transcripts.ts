/** Who says what: `>` is the client. The workspace is /SCRATCH/ws. */
export type Transcript = readonly (readonly ['>' | '<', object])[];

const SESSION = 's-1';
const COMMAND = 'make the file';
const PLACE = '/SCRATCH/ws';

const hello = (more: object): Transcript => [
  ['>', { id: 1, method: 'initialize' }],
  ['<', { id: 1, result: { protocolVersion: 1, agentCapabilities: { loadSession: true }, ...more } }],
  ['>', { id: 2, method: 'session/new' }],
];
const opened = (more: object = {}): Transcript => [
  ['<', { id: 2, result: { sessionId: SESSION, ...more } }],
  ['>', { id: 3, method: 'session/prompt' }],
];
const update = (told: object) =>
  ['<', { method: 'session/update', params: { sessionId: SESSION, update: told } }] as const;
const chunk = (text: string, more: object = {}) =>
  update({ sessionUpdate: 'agent_message_chunk', content: { type: 'text', text }, ...more });
const call = (told: object) => update({ sessionUpdate: 'tool_call', toolCallId: 't-1', ...told });
const further = (told: object) => update({ sessionUpdate: 'tool_call_update', toolCallId: 't-1', ...told });
const asked = (id: number | string, options: readonly (readonly [string, string])[], told: object = {}): Transcript => [
  [
    '<',
    {
      id,
      method: 'session/request_permission',
      params: {
        sessionId: SESSION,
        options: options.map(([optionId, kind]) => ({ optionId, kind, name: optionId })),
        toolCall: { toolCallId: 't-1', title: COMMAND, kind: 'execute', status: 'pending', ...told },
      },
    },
  ],
  ['>', { id, result: {} }],
];
const done = (result: object = {}) => ['<', { id: 3, result: { stopReason: 'end_turn', ...result } }] as const;

/** A turn as each of the agents shapes it that were seen at work; what they say is made up. */
export const TRANSCRIPTS: Readonly<Record<string, Transcript>> = {
  opencode: [
    ...hello({ agentInfo: { name: 'OpenCode', version: '1' } }),
    ...opened(),
    chunk('Working. ', { messageId: 'm-1' }),
    call({ title: 'bash', kind: 'execute', status: 'pending', locations: [{ path: PLACE }], rawInput: { cwd: PLACE } }),
    further({ title: COMMAND, kind: 'execute', status: 'in_progress', rawInput: { command: COMMAND, cwd: PLACE } }),
    ...asked(0, [
      ['once', 'allow_once'],
      ['always', 'allow_always'],
      ['reject', 'reject_once'],
    ]),
    further({ title: COMMAND, status: 'completed', rawOutput: { output: '' } }),
    chunk('Done. It ', { messageId: 'm-2' }),
    chunk('is made.', { messageId: 'm-2' }),
    update({ sessionUpdate: 'usage_update', used: 1200, size: 2000, cost: { amount: 0.00272, currency: 'USD' } }),
    done({
      usage: { inputTokens: 1000, outputTokens: 29, totalTokens: 1234, thoughtTokens: 5, cachedReadTokens: 200 },
    }),
  ],
  gemini: [
    ...hello({}),
    ...opened({ modes: { currentModeId: 'default', availableModes: [{ id: 'default' }, { id: 'yolo' }] } }),
    chunk('Working. '),
    ...asked(0, [
      ['proceed_always', 'allow_always'],
      ['proceed_once', 'allow_once'],
      ['cancel', 'reject_once'],
    ]),
    further({ title: COMMAND, kind: 'execute', status: 'completed', content: [], locations: [] }),
    chunk('Done. It is made.'),
    done({ _meta: { quota: { token_count: { input_tokens: 2400, output_tokens: 68 } } } }),
  ],
  qwen: [
    ...hello({ agentInfo: { name: 'qwen', version: '0' } }),
    ...opened({ modes: { currentModeId: 'auto', availableModes: [{ id: 'default' }, { id: 'auto' }] } }),
    chunk('Working. '),
    call({ title: 'Shell', kind: 'execute', status: 'pending', rawInput: {}, content: [], locations: [] }),
    chunk('', {
      _meta: {
        usage: { inputTokens: 1200, outputTokens: 34, totalTokens: 1234, thoughtTokens: 5, cachedReadTokens: 200 },
      },
    }),
    update({ sessionUpdate: 'usage_update', used: 1200, size: 2000 }),
    ...asked(
      0,
      [
        ['proceed_once', 'allow_once'],
        ['proceed_once_and_more', 'allow_once'],
        ['cancel', 'reject_once'],
      ],
      { rawInput: { command: COMMAND, is_background: false } },
    ),
    further({ status: 'completed', rawOutput: { directory: PLACE } }),
    ['<', { id: 1, method: 'craft/drainMidTurnQueue', params: { sessionId: SESSION } }],
    ['>', { id: 1, error: { code: -32601 } }],
    chunk('Done. It '),
    chunk('is made.'),
    chunk('', {
      _meta: {
        usage: { inputTokens: 1200, outputTokens: 34, totalTokens: 1234, thoughtTokens: 5, cachedReadTokens: 200 },
      },
    }),
    done(),
    ['<', { method: 'qwen/notify/session/prompt-suggestion', params: { suggestion: 'ok' } }],
  ],
  claude: [
    ...hello({ agentInfo: { name: 'adapter', version: '0' } }),
    ['<', { method: '_auth/status_update', params: { authStatus: { kind: 'api_key' } } }],
    ...opened({ modes: { currentModeId: 'auto', availableModes: [{ id: 'default' }, { id: 'auto' }] } }),
    chunk('Working. ', { messageId: 'm-1' }),
    call({ name: 'Bash', title: 'Terminal', kind: 'execute', status: 'pending', rawInput: {} }),
    further({ title: COMMAND, rawInput: { command: COMMAND } }),
    chunk('**Warning:** something of the adapter'),
    further({ _meta: { toolResponse: { stdout: '' } } }),
    further({ status: 'completed', rawOutput: '' }),
    chunk('Done. It ', { messageId: 'm-2' }),
    chunk('is made.', { messageId: 'm-2' }),
    chunk('**Warning:** something more of it'),
    update({ sessionUpdate: 'usage_update', used: 1434, size: 2000, cost: { amount: 0.01656, currency: 'USD' } }),
    done({
      usage: { inputTokens: 2400, outputTokens: 68, cachedReadTokens: 400, cachedWriteTokens: 0, totalTokens: 2868 },
    }),
  ],
  codex: [
    ...hello({ agentInfo: { name: 'codex', version: '0' } }),
    ...opened({ modes: { currentModeId: 'read-only', availableModes: [{ id: 'read-only' }, { id: 'auto' }] } }),
    chunk('Working. '),
    ...asked(
      '905d1ca0',
      [
        ['approved', 'allow_once'],
        ['approved-amendment', 'allow_always'],
        ['abort', 'reject_once'],
      ],
      { rawInput: { command: ['/bin/bash', '-lc', COMMAND], cwd: PLACE, reason: 'test' } },
    ),
    call({ title: COMMAND, kind: 'execute', status: 'in_progress', rawInput: { cwd: PLACE } }),
    further({ status: 'completed', rawOutput: { cwd: PLACE } }),
    chunk('Done. It '),
    chunk('is made.'),
    done(),
  ],
  codex2: [
    ...hello({ agentInfo: { name: 'codex', version: '2' } }),
    ...opened({ modes: { currentModeId: 'agent', availableModes: [{ id: 'read-only' }, { id: 'agent' }] } }),
    chunk('Working. ', { messageId: 'm-1' }),
    call({ title: COMMAND, kind: 'execute', status: 'in_progress', rawInput: { command: COMMAND, cwd: PLACE } }),
    call({ toolCallId: 'guardian:1', title: 'Guardian Review', kind: 'think', status: 'in_progress' }),
    further({ toolCallId: 'guardian:1', status: 'failed' }),
    further({ status: 'failed' }),
    chunk('Done. It ', { messageId: 'm-2' }),
    chunk('is made.', { messageId: 'm-2' }),
    update({ sessionUpdate: 'session_info_update', title: 'the file' }),
    done({
      usage: { totalTokens: 2468, inputTokens: 2000, cachedReadTokens: 400, outputTokens: 68, thoughtTokens: 10 },
    }),
  ],
};
