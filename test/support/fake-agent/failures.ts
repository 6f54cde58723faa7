/**
 * How turns of the real programs fail (codex 0.169.0, Claude Code 2.1.330). `message` is the provider's text, which a
 * script replaces with `say`. `early`: nothing but `stderr` is printed. `signal`: the program dies by it.
 */
export interface FailureShape {
  readonly message?: string;
  readonly early?: boolean;
  readonly stderr?: string;
  readonly exit?: number;
  readonly signal?: 'SIGKILL' | 'SIGTERM';
  /** codex: the answer is printed, but no terminal event. */
  readonly answered?: boolean;
  /** claude: members of the result object, over those of an ordinary API error. */
  readonly result?: Readonly<Record<string, unknown>>;
  /** claude with stream-json: tried again this often before it gave up. */
  readonly retries?: number;
}

export const CODEX_FAILURES = {
  rate_limit: { message: 'exceeded retry limit, last status: 429 Too Many Requests, request id: req_1' },
  usage_limit: { message: 'You’ve hit your usage limit. Upgrade to Pro or try again at 7:51 PM.' },
  billing: { message: 'Quota exceeded. Check your plan and billing details.' },
  auth: {
    message: 'unexpected status 401 Unauthorized: Incorrect API key provided, url: http://127.0.0.1/v1/responses',
  },
  forbidden: { message: 'unexpected status 403 Forbidden: Not allowed, url: http://127.0.0.1/v1/responses' },
  overloaded: { message: 'Selected model is at capacity. Please try a different model.' },
  server_error: { message: 'We’re currently experiencing high demand, which may cause temporary errors.' },
  network: { message: 'stream disconnected before completion: error sending request for url' },
  context_full: {
    message:
      "Codex ran out of room in the model's context window. Start a new thread or clear earlier history before retrying.",
  },
  input_too_large: {
    stderr:
      'Error: turn/start: turn/start failed: Input exceeds the maximum length of 1048576 characters. {"input_error_code":"input_too_large"}',
  },
  bad_model: { message: 'The model `no-such-model` does not exist or you do not have access to it.' },
  missing_key: { message: 'Missing environment variable: `OPENAI_API_KEY`.' },
  unknown_session: {
    early: true,
    stderr: 'Error: thread/resume: thread/resume failed: no rollout found for thread id ${session} (code -32600)',
  },
  busy_session: {
    early: true,
    stderr: 'Error: thread/resume: thread ${session} already has an active writer',
  },
  config_error: { early: true, stderr: 'Error loading config.toml: unknown configuration field' },
  turn_failed: { message: 'Something that nobody has seen before.' },
  turn_failed_exit_0: { message: 'Something that nobody has seen before.', exit: 0 },
  no_terminal_event: { answered: true, exit: 0 },
  crash: { early: true, stderr: 'thread main panicked: boom', exit: 101 },
  killed: { signal: 'SIGKILL' },
  terminated: { signal: 'SIGTERM' },
} as const satisfies Record<string, FailureShape>;

const aborted = { subtype: 'error_during_execution', terminal_reason: 'aborted_streaming', api_error_status: null };

export const CLAUDE_FAILURES = {
  rate_limit: {
    message: 'API Error: Request rejected (429) · rate limited',
    result: api(429, 'rate_limit_error'),
    retries: 10,
  },
  usage_limit: { message: 'API Error: Request rejected (429) · usage limit', result: api(429, 'rate_limit_error') },
  billing: { message: 'Credit balance is too low', result: api(400, 'invalid_request_error') },
  auth: { message: 'Invalid API key · Fix external API key', result: api(401, 'authentication_error') },
  forbidden: {
    message: 'Failed to authenticate. API Error: 403 Not allowed',
    result: api(403, 'permission_error'),
  },
  overloaded: {
    message: 'Repeated 529 Overloaded errors. Try again later.',
    result: api(529, 'overloaded_error'),
    retries: 2,
  },
  server_error: { message: 'API Error: 500 Internal server error', result: api(500, 'api_error'), retries: 10 },
  network: {
    message: 'API Error: Connection refused by the server (ECONNREFUSED)',
    result: { api_error: 'connection_failed' },
    retries: 10,
  },
  context_full: {
    message: 'Prompt is too long',
    result: { ...api(400, 'invalid_request_error'), terminal_reason: 'prompt_too_long' },
  },
  input_too_large: { message: 'Prompt is too long', result: { terminal_reason: 'blocking_limit', num_turns: 0 } },
  bad_model: {
    message:
      "There's an issue with the selected model (no-such-model). It may not exist or you may not have access to it.",
    result: api(404, 'not_found_error'),
  },
  missing_key: { message: 'Not logged in · Please run /login' },
  unknown_session: { early: true, stderr: 'No conversation found with session ID: ${session}' },
  busy_session: { early: true, stderr: 'Error: Session ID ${session} is already in use.' },
  config_error: { early: true, stderr: "error: unknown option '--no-such-option'" },
  turn_failed: { message: 'Something that nobody has seen before.' },
  is_error_exit_0: { message: 'Something that nobody has seen before.', exit: 0 },
  sigint_exit_0: { exit: 0, result: aborted },
  max_turns: {
    result: {
      subtype: 'error_max_turns',
      terminal_reason: 'max_turns',
      errors: ['Reached maximum number of turns (1)'],
    },
  },
  no_terminal_event: { early: true, stderr: '', exit: 0 },
  crash: { early: true, stderr: 'Segmentation fault', exit: 139 },
  killed: { signal: 'SIGKILL' },
  terminated: { early: true, stderr: '', exit: 143 },
} as const satisfies Record<string, FailureShape>;

export type FailureName = keyof typeof CODEX_FAILURES | keyof typeof CLAUDE_FAILURES;

function api(status: number, type: string): Record<string, unknown> {
  return { api_error_status: status, api_error_type: type };
}
