import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { closeSync } from 'node:fs';
import type { AcpTable, Misstep, Saying } from './acp-table.ts';
import { Transcript } from './acp-transcript.ts';
import { callOf } from './intake.ts';
import { findSession, newSession, note, type Notebook, saveSession, type Session } from './notebook.ts';
import { play, print, type Answer, type Voice } from './play.ts';

type Message = { readonly id?: number | string; readonly method?: string; readonly params?: Record<string, unknown> };

/** An agent that speaks the Agent Client Protocol, version 1; resolves with its exit code when its input has ended. */
export async function acp(book: Notebook, argv: readonly string[]): Promise<number> {
  const agent = new AcpAgent(book, argv, book.script.acp ?? {});
  for await (const line of createInterface({ input: process.stdin })) agent.hear(JSON.parse(line) as Message);
  if (book.script.acp?.ignoresEof === true) await new Promise(() => setInterval(() => undefined, 1000));
  return 0;
}

class AcpAgent {
  readonly #book: Notebook;
  readonly #argv: readonly string[];
  readonly #table: AcpTable;
  readonly #asked = new Map<unknown, () => void>();
  readonly #transcript: Transcript | null;
  #session: Session = newSession('acp');
  #resumed: string | null = null;
  #prompt: number | string | undefined;
  #requests = 0;

  constructor(book: Notebook, argv: readonly string[], table: AcpTable) {
    this.#book = book;
    this.#argv = argv;
    this.#table = table;
    this.#transcript = table.transcript === undefined ? null : new Transcript(table.transcript);
  }

  hear(message: Message): void {
    note(this.#book, 'acp', message);
    const { id, method } = message;
    if (this.#transcript !== null) {
      this.#transcript.hear(message);
      return;
    }
    if (method === undefined) {
      this.#asked.get(id)?.();
      return;
    }
    const doing = this.#table.steps?.[method];
    if (doing === 'close_input') {
      process.stdin.destroy();
      closeSync(0);
    }
    if (doing === undefined || doing === 'close_input') void this.#do(method, message);
    else this.#stumble(doing, message);
  }

  #stumble(how: Exclude<Misstep, 'close_input'>, { id, method }: Message): void {
    if (typeof how === 'object') this.#say({ id, error: how.error });
    else if (how === 'die' || how === 'quit') process.exit(how === 'die' ? 3 : 0);
    else if (how === 'id_as_text') this.#say({ id: String(id), result: {} });
    else {
      note(this.#book, 'hangs', method);
      if (how === 'close_output') closeSync(1);
    }
  }

  async #do(method: string, { id, params = {} }: Message): Promise<void> {
    const { sessions: can = {}, version = 1, replay = [], offer } = this.#table;
    const sessionId = typeof params['sessionId'] === 'string' ? params['sessionId'] : '';
    switch (method) {
      case 'initialize': {
        const { load = true, resume = true, close = true } = can;
        const sessionCapabilities = { ...(resume && { resume: {} }), ...(close && { close: {} }) };
        const agentCapabilities = { loadSession: load, sessionCapabilities };
        const agentInfo = { name: 'fake', title: 'Fake Agent', version: '1.2.3' };
        this.#answer(id, {
          protocolVersion: version,
          agentCapabilities,
          agentInfo,
          authMethods: [{ id: 'k', name: 'A key' }],
        });
        return;
      }
      case 'session/new':
        saveSession(this.#book, this.#session);
        this.#answer(id, { sessionId: this.#session.id, ...offer });
        return;
      case 'session/load':
      case 'session/resume': {
        const found = findSession(this.#book, 'acp', sessionId);
        if (found === null) {
          this.#say({ id, error: { code: -32002, message: 'Resource not found' } });
          return;
        }
        this.#session = found;
        this.#resumed = found.id;
        for (const saying of method === 'session/load' ? replay : []) await this.#tell(saying);
        this.#answer(id, { ...offer });
        return;
      }
      case 'session/prompt':
        this.#prompt = id;
        await this.#work(params);
        return;
      case 'session/cancel':
        await this.#cancel();
        return;
      default:
        if (id !== undefined) this.#answer(id, {});
    }
  }

  async #work(params: Record<string, unknown>): Promise<void> {
    const [block] = params['prompt'] as { text: string }[];
    const intake = { program: 'acp', argv: this.#argv, prompt: block?.text ?? '', session: this.#resumed } as const;
    const call = callOf(this.#book, { ...intake, systemPrompt: null });
    const { before = [], turn, after = [] } = this.#table;
    for (const saying of before) await this.#tell(saying);
    if (turn === undefined) await play(this.#book, this.#voice(), call, this.#session);
    else {
      for (const saying of turn) await this.#tell(saying);
      this.#end({ stopReason: 'end_turn' });
    }
    for (const saying of after) await this.#tell(saying);
  }

  #end(result: object): void {
    const id = this.#prompt;
    this.#prompt = undefined;
    if (id !== undefined) this.#answer(id, { ...result, ...this.#table.result });
  }

  async #cancel(): Promise<void> {
    const { onCancel = 'answer' } = this.#table;
    const options = [{ optionId: 'yes', name: 'Yes', kind: 'allow_once' }];
    if (onCancel === 'ask')
      await this.#tell({
        ask: 'session/request_permission',
        params: { toolCall: { toolCallId: 'late', kind: 'read' }, options },
      });
    if (onCancel !== 'ignore') this.#end({ stopReason: onCancel === 'claim_done' ? 'end_turn' : 'cancelled' });
  }

  async #tell(saying: Saying): Promise<void> {
    if ('line' in saying) print(`${saying.line}\n`);
    else if ('longLineMb' in saying)
      print(`{"jsonrpc":"2.0","method":"x","params":"${'x'.repeat(saying.longLineMb << 20)}"}\n`);
    else if ('update' in saying) this.#update(saying.update);
    else if ('leave' in saying) {
      const { pid } = spawn('sleep', ['600'], { detached: true, stdio: ['ignore', 'inherit', 'ignore'] });
      note(this.#book, 'leftovers', { how: 'holding', pid, call: 0 });
    } else {
      const id = `ask-${this.#requests++}`;
      const answered = new Promise<void>((resolve) => this.#asked.set(id, resolve));
      this.#say({ id, method: saying.ask, params: { sessionId: this.#session.id, ...saying.params } });
      await answered;
    }
  }

  #voice(): Voice {
    let tools = 0;
    const chunk = (text: string) =>
      this.#update({ sessionUpdate: 'agent_message_chunk', messageId: 'final', content: { type: 'text', text } });
    return {
      begin: () => undefined,
      progress: (progress) => {
        if (progress.kind === 'noise') return;
        const done =
          progress.kind === 'file'
            ? { kind: 'edit', title: `Write ${progress.path}`, locations: [{ path: progress.path }] }
            : { kind: 'execute', title: progress.command };
        this.#update({ sessionUpdate: 'tool_call', toolCallId: `tool-${tools++}`, status: 'completed', ...done });
      },
      chatter: () => this.#update({ sessionUpdate: 'agent_thought_chunk', content: { type: 'text', text: 'hm' } }),
      answer: (answer) => {
        chunk(answer.text.slice(0, 20));
        chunk(answer.text.slice(20));
        const { aside } = this.#table;
        if (aside !== undefined)
          this.#update({ sessionUpdate: 'agent_message_chunk', content: { type: 'text', text: aside } });
        this.#cost(answer);
        this.#end({ stopReason: 'end_turn', usage: usageOf(answer) });
      },
      fail: () => undefined,
      interrupted: () => null,
    };
  }

  #cost({ totals, spent }: Answer): void {
    const amount = this.#table.forgetsCost === true ? spent.costUsd : totals.costUsd;
    this.#update({ sessionUpdate: 'usage_update', used: 10, size: 100, cost: { amount, currency: 'USD' } });
  }

  #update(update: object): void {
    this.#say({ method: 'session/update', params: { sessionId: this.#session.id, update } });
  }

  #answer(id: number | string | undefined, result: object): void {
    this.#say({ id, result });
  }

  #say(message: object): void {
    print(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  }
}

/** Input and cache apart, as the protocol has them. */
function usageOf({ spent }: Answer): object {
  const { input, cached, output, reasoning } = spent;
  const total = input + output;
  return {
    inputTokens: input - cached,
    cachedReadTokens: cached,
    outputTokens: output,
    thoughtTokens: reasoning,
    totalTokens: total,
  };
}
