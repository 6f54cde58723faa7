import { existsSync, lstatSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { CODEX_EXEC, CODEX_RESUME, edition, helpText, parseOptions, type Parsed } from './options.ts';
import { claimSession, findSession, newSession, note, type Notebook } from './notebook.ts';
import { callOf, readPrompt } from './intake.ts';
import { complain, play, print, type Answer, type Voice } from './play.ts';
import type { Progress } from './work.ts';

const LIMIT = 1_048_576;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** codex 0.169.0: returns its exit code. */
export async function codex(book: Notebook, argv: readonly string[]): Promise<number> {
  const probe = answerProbe(book, argv);
  if (probe !== null) return probe;
  const { lacks = [], extra = [] } = book.script;
  const exec = parseOptions('codex', edition(CODEX_EXEC, lacks, extra), untilResume(argv.slice(1)));
  const resumes = argv.indexOf('resume');
  const rest = resumes < 0 ? exec : parseOptions('codex', edition(CODEX_RESUME, lacks, extra), argv.slice(resumes + 1));
  const wrong = exec.unknown ?? rest.unknown;
  if (wrong !== null)
    return refuse(2, `error: unexpected argument '${wrong}' found\n\nUsage: codex exec [OPTIONS] [PROMPT]`);
  const missing = exec.incomplete ?? rest.incomplete;
  if (missing !== null) return refuse(2, `error: a value is required for '${missing}' but none was supplied`);
  const words = resumes < 0 ? exec.words : rest.words.slice(1);
  const asked = resumes < 0 ? null : (rest.words[0] ?? '');
  const setup = checkSetup(exec, rest);
  if (setup !== null) return refuse(1, setup);
  return await turn(book, { argv, asked, word: words[0] ?? '-', options: rest });
}

interface Request {
  readonly argv: readonly string[];
  /** The session to resume; null to start one. */
  readonly asked: string | null;
  readonly word: string;
  readonly options: Parsed;
}

async function turn(book: Notebook, request: Request): Promise<number> {
  const { asked, word } = request;
  const piped = await readPrompt(null);
  const prompt = word === '-' ? piped.text : `${word}\n\n<stdin>\n${piped.text}</stdin>`;
  if (prompt.trim() === '') return refuse(1, 'No prompt provided via stdin.');
  const session = asked === null || !UUID.test(asked) ? newSession('codex') : findSession(book, 'codex', asked);
  const call = callOf(book, { program: 'codex', argv: request.argv, prompt, session: asked, systemPrompt: null });
  if (session === null) {
    return refuse(
      1,
      `Error: thread/resume: thread/resume failed: no rollout found for thread id ${asked ?? ''} (code -32600)`,
    );
  }
  if (!claimSession(book, session.id))
    return refuse(1, `Error: thread/resume: thread ${session.id} already has an active writer`);
  const file = request.options.options.get('--output-last-message')?.at(-1) ?? null;
  if (prompt.length > LIMIT) {
    emit({ type: 'thread.started', thread_id: session.id });
    return refuse(
      1,
      `Error: turn/start failed: Input exceeds the maximum length of ${LIMIT} characters. {"input_error_code":"input_too_large"}`,
    );
  }
  return await play(book, voice(request.options.options.has('--json'), file), call, session);
}

/** `--help`, `--version` and `login status`; null for a turn. */
function answerProbe(book: Notebook, argv: readonly string[]): number | null {
  const { lacks = [], extra = [], versions, loggedIn = true } = book.script;
  const [first = '', second = ''] = argv;
  const helps = argv.includes('--help') || argv.includes('-h');
  if (first === 'exec' && !helps) return null;
  note(book, 'probes', { program: 'codex', argv });
  if (argv.includes('--version') || argv.includes('-V')) print(`${versions?.codex ?? 'codex-cli 0.169.0'}\n`);
  else if (first === 'exec' && second === 'resume') {
    print(helpText('codex exec resume [OPTIONS] [SESSION_ID] [PROMPT]', edition(CODEX_RESUME, lacks, extra)));
  } else if (first === 'exec') print(helpText('codex exec [OPTIONS] [PROMPT]', edition(CODEX_EXEC, lacks, extra)));
  else if (first === 'login' && second === 'status')
    return refuse(loggedIn ? 0 : 1, loggedIn ? 'Logged in using an API key' : 'Not logged in');
  else if (helps) print('Usage: codex [OPTIONS] [PROMPT]\n\nCommands:\n  exec\n  login\n');
  else return refuse(2, `error: unrecognized subcommand '${first}'`);
  return 0;
}

function untilResume(argv: readonly string[]): readonly string[] {
  const at = argv.indexOf('resume');
  return at < 0 ? argv : argv.slice(0, at);
}

/** What codex checks before it reads the prompt. */
function checkSetup(exec: Parsed, rest: Parsed): string | null {
  const sandbox = exec.options.get('--sandbox')?.at(-1);
  if (sandbox !== undefined && !['read-only', 'workspace-write', 'danger-full-access'].includes(sandbox)) {
    return `error: invalid value '${sandbox}' for '--sandbox <SANDBOX_MODE>'`;
  }
  const odd = [...(exec.options.get('--config') ?? []), ...(rest.options.get('--config') ?? [])].find(
    (one) => !one.includes('='),
  );
  if (odd !== undefined) return `Error parsing -c overrides: Invalid override (missing '='): ${odd}`;
  if (exec.options.has('--skip-git-repo-check') || rest.options.has('--skip-git-repo-check') || inRepository())
    return null;
  return 'Not inside a trusted directory and --skip-git-repo-check was not specified.';
}

function inRepository(): boolean {
  for (let dir = process.cwd(); ; dir = path.dirname(dir)) {
    const git = path.join(dir, '.git');
    if (existsSync(path.join(git, 'HEAD')) || lstatSync(git, { throwIfNoEntry: false })?.isFile() === true) return true;
    if (dir === path.dirname(dir)) return false;
  }
}

function voice(json: boolean, lastMessageFile: string | null): Voice {
  let items = 0;
  const say = (event: object) => json && emit(event);
  const item = (content: object) => say({ type: 'item.completed', item: { id: `item_${items++}`, ...content } });
  const message = (text: string) => {
    if (lastMessageFile !== null) writeFileSync(lastMessageFile, text);
    if (json) item({ type: 'agent_message', text });
    else print(`${text}\n`);
  };
  const begin = (session: string | null) => {
    if (session !== null) say({ type: 'thread.started', thread_id: session });
    say({ type: 'turn.started' });
  };
  return {
    begin,
    progress: (progress) => showProgress(progress, { say, item, nextId: () => `item_${items++}` }),
    chatter: () => item({ type: 'reasoning', text: 'still thinking' }),
    answer: (answer) => {
      message(answer.text);
      say({ type: 'turn.completed', usage: usageOf(answer) });
    },
    fail: (shape, answer) => {
      if (shape.answered === true) message(answer.text);
      if (shape.message === undefined) return;
      say({ type: 'error', message: answer.text });
      say({ type: 'turn.failed', error: { message: answer.text } });
    },
    interrupted: (signal) => (signal === 'SIGINT' ? 1 : null),
  };
}

interface Items {
  readonly say: (event: object) => unknown;
  readonly item: (content: object) => unknown;
  readonly nextId: () => string;
}

function showProgress(progress: Progress, { say, item, nextId }: Items): void {
  switch (progress.kind) {
    case 'file':
      item({ type: 'file_change', changes: [{ path: progress.path, kind: progress.change }], status: 'completed' });
      return;
    case 'command': {
      const common = { id: nextId(), type: 'command_execution', command: `/bin/bash -lc '${progress.command}'` };
      say({ type: 'item.started', item: { ...common, aggregated_output: '', exit_code: null, status: 'in_progress' } });
      const { output, exit } = progress;
      say({
        type: 'item.completed',
        item: { ...common, aggregated_output: output, exit_code: exit, status: 'completed' },
      });
      return;
    }
    case 'noise': {
      const line = `${JSON.stringify({ type: 'item.updated', item: { id: 'item_0', type: 'todo_list', text: 'x'.repeat(900) } })}\n`;
      const block = line.repeat(Math.ceil(1_000_000 / line.length));
      for (let i = 0; i < progress.megabytes; i += 1) print(block);
      return;
    }
  }
}

/** Running totals of the thread, as codex reports them. */
function usageOf({ totals }: Answer): object {
  return {
    input_tokens: totals.input,
    cached_input_tokens: totals.cached,
    cache_write_input_tokens: 0,
    output_tokens: totals.output,
    reasoning_output_tokens: totals.reasoning,
  };
}

function emit(event: object): void {
  print(`${JSON.stringify(event)}\n`);
}

function refuse(exit: number, message: string): number {
  complain(`${message}\n`);
  return exit;
}
