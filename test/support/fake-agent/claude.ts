import { existsSync, readFileSync } from 'node:fs';
import type { FailureShape } from './failures.ts';
import { callOf, readPrompt } from './intake.ts';
import { CLAUDE, edition, helpText, parseOptions, type Parsed } from './options.ts';
import { findSession, newSession, note, type Notebook, type Session } from './notebook.ts';
import { complain, play, print, type Answer, type Voice } from './play.ts';
import type { Progress } from './work.ts';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const MODES = ['acceptEdits', 'auto', 'bypassPermissions', 'manual', 'dontAsk', 'plan', 'default'];

/** Claude Code 2.1.330: returns its exit code. */
export async function claude(book: Notebook, argv: readonly string[]): Promise<number> {
  const { lacks = [], extra = [], versions } = book.script;
  if (argv[0] === 'auth') return authStatus(book, argv);
  const parsed = parseOptions('claude', edition(CLAUDE, lacks, extra), argv);
  if (parsed.unknown !== null) return refuse(`error: unknown option '${parsed.unknown}'`);
  if (parsed.incomplete !== null) return refuse(`error: option '${parsed.incomplete}' argument missing`);
  const has = (name: string) => parsed.options.has(name);
  if (has('--version') || has('--help')) {
    note(book, 'probes', { program: 'claude', argv });
    print(
      has('--version')
        ? `${versions?.claude ?? '2.1.330 (Claude Code)'}\n`
        : helpText('claude [options] [command] [prompt]', CLAUDE),
    );
    return 0;
  }
  if (!has('--print')) return refuse('Error: the fake plays only -p/--print');
  const wrong = checkOptions(parsed);
  return wrong === null ? await turn(book, argv, parsed) : refuse(wrong);
}

async function turn(book: Notebook, argv: readonly string[], parsed: Parsed): Promise<number> {
  const piped = await readPrompt(3000);
  if (piped.late) complain('Warning: no stdin data received in 3s, proceeding without it.\n');
  const prompt = [parsed.words[0] ?? '', piped.text].filter((part) => part !== '').join('\n');
  if (prompt.trim() === '')
    return refuse('Error: Input must be provided either through stdin or as a prompt argument when using --print');
  const option = (name: string) => parsed.options.get(name)?.at(-1) ?? null;
  const [resume, chosen, promptFile] = [
    option('--resume'),
    option('--session-id'),
    option('--append-system-prompt-file'),
  ];
  const call = callOf(book, {
    program: 'claude',
    argv,
    prompt,
    session: resume,
    systemPrompt: promptFile === null ? null : readFileSync(promptFile, 'utf8'),
    slash: prompt.startsWith('/'),
  });
  if (resume !== null && !UUID.test(resume))
    return refuse('Error: --resume requires a valid session ID or session title');
  if (chosen !== null && findSession(book, 'claude', chosen) !== null)
    return refuse(`Error: Session ID ${chosen} is already in use.`);
  const session = resume === null ? newSession('claude', chosen ?? undefined) : findSession(book, 'claude', resume);
  if (session === null) return refuse(`No conversation found with session ID: ${resume ?? ''}`);
  const speak = voice(option('--output-format') ?? 'text', parsed.options.has('--verbose'), session);
  if (call.kind === 'slash') {
    speak.answer({ text: '', session: session.id, spent: session.totals, totals: session.totals, denials: [] });
    return 0;
  }
  return await play(book, speak, call, session);
}

function authStatus(book: Notebook, argv: readonly string[]): number {
  note(book, 'probes', { program: 'claude', argv });
  const { loggedIn = true } = book.script;
  const key = process.env['ANTHROPIC_API_KEY'];
  const authMethod = key !== undefined && key !== '' ? 'api_key' : loggedIn ? 'oauth_token' : 'none';
  const status = { loggedIn: authMethod !== 'none', authMethod, apiProvider: 'firstParty' };
  const source = authMethod === 'api_key' ? { apiKeySource: 'ANTHROPIC_API_KEY' } : {};
  if (argv.includes('--text'))
    print(status.loggedIn ? `Logged in (${authMethod})\n` : 'Not logged in. Run claude auth login to authenticate.\n');
  else print(`${JSON.stringify({ ...status, ...source }, null, 2)}\n`);
  return status.loggedIn ? 0 : 1;
}

/** What claude refuses before it reads the prompt; null when nothing. */
function checkOptions({ options }: Parsed): string | null {
  const last = (name: string) => options.get(name)?.at(-1);
  const format = last('--output-format') ?? 'text';
  const mode = last('--permission-mode');
  const file = last('--append-system-prompt-file');
  const session = last('--session-id');
  if (!['text', 'json', 'stream-json'].includes(format))
    return `error: option '--output-format <format>' argument '${format}' is invalid.`;
  if (format === 'stream-json' && !options.has('--verbose'))
    return 'Error: When using --print, --output-format=stream-json requires --verbose';
  if (mode !== undefined && !MODES.includes(mode))
    return `error: option '--permission-mode <mode>' argument '${mode}' is invalid.`;
  if (file !== undefined && !existsSync(file)) return `Error: Append system prompt file not found: ${file}`;
  if (session !== undefined && !UUID.test(session)) return 'Error: Invalid session ID. Must be a valid UUID.';
  const bypasses = options.has('--dangerously-skip-permissions') || mode === 'bypassPermissions';
  if (bypasses && process.getuid?.() === 0 && process.env['IS_SANDBOX'] !== '1') {
    return '--dangerously-skip-permissions cannot be used with root/sudo privileges for security reasons';
  }
  return null;
}

function voice(format: string, verbose: boolean, session: Session): Voice {
  const events: object[] = [];
  const say = (event: object) => {
    if (format === 'stream-json') print(`${JSON.stringify(event)}\n`);
    else events.push(event);
  };
  const finish = (result: Record<string, unknown>) => {
    if (format === 'text') print(`${typeof result['result'] === 'string' ? result['result'] : ''}\n`);
    else if (format === 'json') print(`${JSON.stringify(verbose ? [...events, result] : result)}\n`);
    else say(result);
  };
  return {
    begin: (id) =>
      say({
        type: 'system',
        subtype: 'init',
        session_id: id,
        cwd: process.cwd(),
        model: 'claude-opus-5-5',
        tools: ['Bash', 'Write'],
      }),
    progress: (progress) => showProgress(progress, format, say),
    chatter: () => say(spoken({ type: 'text', text: 'still thinking' })),
    answer: (answer) => {
      say(spoken({ type: 'text', text: answer.text }));
      finish(resultOf(answer, {}));
    },
    fail: (shape, answer) => {
      if (shape.early === true || shape.signal !== undefined) return;
      for (let attempt = 1; attempt <= (shape.retries ?? 0); attempt += 1) {
        say({
          type: 'system',
          subtype: 'api_retry',
          attempt,
          max_retries: 10,
          retry_delay_ms: 500,
          error_status: shape.result?.['api_error_status'] ?? null,
        });
      }
      finish(resultOf(answer, failedResult(shape)));
    },
    interrupted: (signal) => {
      if (signal === 'SIGTERM') return 143;
      if (signal === 'SIGHUP') return 129;
      const nothing = { text: '', session: session.id, spent: session.totals, totals: session.totals, denials: [] };
      finish(
        resultOf(nothing, {
          is_error: true,
          subtype: 'error_during_execution',
          terminal_reason: 'aborted_streaming',
          result: undefined,
        }),
      );
      return 0;
    },
  };
}

function showProgress(progress: Progress, format: string, say: (event: object) => void): void {
  switch (progress.kind) {
    case 'file':
      say(spoken({ type: 'tool_use', id: 'toolu_1', name: 'Write', input: { file_path: progress.path } }));
      return;
    case 'command':
      say(spoken({ type: 'tool_use', id: 'toolu_2', name: 'Bash', input: { command: progress.command } }));
      return;
    case 'noise': {
      const line = `${JSON.stringify(spoken({ type: 'text', text: 'x'.repeat(900) }))}\n`;
      const block = line.repeat(Math.ceil(1_000_000 / line.length));
      for (let i = 0; i < progress.megabytes; i += 1) {
        if (format === 'stream-json') print(block);
        else complain(block);
      }
      return;
    }
  }
}

function spoken(content: object): object {
  return { type: 'assistant', message: { role: 'assistant', content: [content] } };
}

function failedResult(shape: FailureShape): Record<string, unknown> {
  return {
    is_error: true,
    terminal_reason: 'api_error',
    api_error_status: null,
    ...(shape.message === undefined && { result: undefined }),
    ...shape.result,
  };
}

/** The result object: cost and model usage are running totals of the session, `usage` is of this call. */
function resultOf(answer: Answer, changes: Record<string, unknown>): Record<string, unknown> {
  const { spent, totals } = answer;
  return {
    subtype: 'success',
    is_error: false,
    type: 'result',
    duration_ms: 5,
    num_turns: 1,
    result: answer.text,
    stop_reason: 'end_turn',
    terminal_reason: 'completed',
    ...(answer.session !== null && { session_id: answer.session }),
    total_cost_usd: totals.costUsd,
    usage: {
      input_tokens: spent.input,
      cache_creation_input_tokens: 0,
      cache_read_input_tokens: spent.cached,
      output_tokens: spent.output,
    },
    modelUsage: {
      'claude-opus-5-5': {
        inputTokens: totals.input,
        outputTokens: totals.output,
        cacheReadInputTokens: totals.cached,
        cacheCreationInputTokens: 0,
        costUSD: totals.costUsd,
      },
    },
    permission_denials: answer.denials.map((tool) => ({ tool_name: tool, tool_use_id: 'toolu_3', tool_input: {} })),
    ...changes,
  };
}

function refuse(message: string): number {
  complain(`${message}\n`);
  return 1;
}
