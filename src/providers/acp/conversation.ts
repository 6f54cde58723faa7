import type * as Sdk from '@agentclientprotocol/sdk';
import type { DeafStream } from '../../supervision/deafness.ts';
import { atMost } from '../../supervision/wait.ts';
import { shorten } from '../failure.ts';
import type { JsonObject } from '../json.ts';
import { objectOf, parseObject, textOf } from '../json.ts';
import { isAtWork, isMeantFor, Patience } from './stray.ts';

/** Who takes what the agent says of itself, and decides what it asks for. */
export interface Listener {
  /** The parameters of a `session/update`, in the order of the agent's lines. */
  readonly update: (params: JsonObject) => void;
  /** Decides about a permission; the outcome in the protocol's form. */
  readonly permission: (params: JsonObject) => unknown;
  /** The answer to `session/prompt` has come: what follows is not part of it. */
  readonly prompted: () => void;
  /** Something strange was seen just now, in a sentence. */
  readonly strange: (notice: string) => void;
}

/** The process that is talked to. */
export interface Partner {
  /** Writes to its standard input. */
  readonly send: (text: string) => void;
  /** Settles when it has ended. */
  readonly closed: Promise<unknown>;
}

/** The agent answered a request with an error. */
export class Refused extends Error {
  readonly method: string;
  readonly code: number;
  readonly data: unknown;

  constructor(method: string, { code, message, data }: { code: number; message: string; data?: unknown }) {
    super(message);
    this.method = method;
    this.code = code;
    this.data = data;
  }
}

/** The process ended while an answer was waited for. */
export class Gone extends Error {}

/** The process goes on, but an answer can come no more. */
export class CutOff extends Error {
  readonly method: string;

  /** `what` completes a sentence that begins with the process. */
  constructor(what: string, method: string) {
    super(what);
    this.method = method;
  }
}

/** How long the answer to a cancelled prompt may take, in ms. */
const CANCEL_MS = 5000;

/**
 * The client's side of one connection. The protocol's SDK numbers requests, finds their answers, hands permission requests over, and
 * refuses what we do not offer. Two things are done here, on the lines themselves: updates are taken in the order of the lines, since
 * the SDK may hand out an answer before the updates that came ahead of it; and results are read whole, since its schemas drop the fields
 * that agents add to them (usage, models).
 */
export class Conversation {
  readonly #sdk: typeof Sdk;
  readonly #listener: Listener;
  readonly #program: string;
  readonly #agent: Sdk.ClientContext;
  readonly #pending = new Map<unknown, string>();
  readonly #answered = new Map<unknown, string>();
  readonly #results = new Map<string, JsonObject>();
  readonly #notices = new Set<string>();
  #feed: ReadableStreamDefaultController<Sdk.AnyMessage> | null = null;
  #partner: Partner | null = null;
  #prompt: { readonly session: string; readonly answer: Promise<unknown> } | null = null;
  #closed = false;
  /** Why no answer can come, in words that follow the process; null: it can. */
  #cut: string | null = null;
  readonly #patience = new Patience();
  /** From then on an answer is no proof that the turn came to its own end. */
  isCancelled = false;

  private constructor(sdk: typeof Sdk, program: string, listener: Listener) {
    this.#sdk = sdk;
    this.#program = program;
    this.#listener = listener;
    const readable = new ReadableStream<Sdk.AnyMessage>({ start: (feed) => void (this.#feed = feed) });
    const writable = new WritableStream<Sdk.AnyMessage>({ write: (message) => this.#send(message) });
    const client = sdk.client({ name: 'autoloop' }).onRequest(
      sdk.methods.client.session.requestPermission,
      (params: unknown) => objectOf(params) ?? {},
      ({ params }) => ({ outcome: listener.permission(params) }),
    );
    this.#agent = client.connect({ readable, writable }).agent;
  }

  /** Loads the SDK. `program`: the agent as named in notices. */
  static async prepare(program: string, listener: Listener): Promise<Conversation> {
    return new Conversation(await import('@agentclientprotocol/sdk'), program, listener);
  }

  /** Everything is said to this process from now on. */
  speakTo(partner: Partner): void {
    this.#partner = partner;
    const over = () => this.#close();
    partner.closed.then(over, over);
  }

  /** The process has closed a stream: what was not answered yet will not be. */
  deaf(stream: DeafStream): void {
    this.#cutOff(`closed its standard ${stream}`);
  }

  #cutOff(what: string): void {
    this.#cut ??= what;
    this.#patience.end();
    for (const id of this.#pending.keys()) this.#hand({ id, error: NEVER });
    this.#pending.clear();
  }

  /** A line of the process. What is no JSON object is none of the protocol's. */
  line(line: string): void {
    const message = parseObject(line);
    if (message === null || this.#closed) return;
    const method = textOf(message['method']);
    if (method !== null && isAtWork(message)) this.#patience.end();
    if (method === null) this.#answer(message);
    else if (message['id'] !== undefined) this.#hand(message);
    else if (method === this.#sdk.methods.client.session.update)
      this.#listener.update(objectOf(message['params']) ?? {});
  }

  /** The result of a request. Rejects with `Refused` or `Gone`. */
  async call(method: string, params: object): Promise<JsonObject> {
    try {
      await this.#agent.request<unknown, object>(method, params);
    } catch (error) {
      if (error instanceof this.#sdk.RequestError) {
        if (this.#cut !== null && error.code === NEVER.code) throw new CutOff(this.#cut, method);
        throw new Refused(method, error);
      }
      if (this.#closed) throw new Gone();
      // It is not what the schema asks for: what of it can be read is for the caller to see.
    }
    return this.#results.get(method) ?? {};
  }

  /** Has the session work on a text, and resolves with the result when it has. Rejects as `call`. */
  async prompt(session: string, text: string): Promise<JsonObject> {
    const params = { sessionId: session, prompt: [{ type: 'text', text }] };
    const answer = this.call(this.#sdk.methods.agent.session.prompt, params);
    this.#prompt = { session, answer: answer.catch(() => undefined) };
    return answer;
  }

  /** Asks the agent to stop what it works on, and gives it some seconds to say that it has. */
  async cancel(hurry?: AbortSignal): Promise<void> {
    this.isCancelled = true;
    if (this.#prompt === null || this.#closed) return;
    const { session, answer } = this.#prompt;
    void this.#agent.notify(this.#sdk.methods.agent.session.cancel, { sessionId: session }).catch(() => undefined);
    await atMost(CANCEL_MS, Promise.race([answer, aborted(hurry)]));
  }

  /** What was strange, a sentence each. */
  get notices(): readonly string[] {
    return [...this.#notices];
  }

  #answer(message: JsonObject): void {
    const { id } = message;
    if (id === undefined) return;
    const method = this.#pending.get(id);
    if (method === undefined) {
      this.#stray(message);
      return;
    }
    this.#patience.end();
    this.#pending.delete(id);
    this.#answered.set(id, method);
    this.#results.set(method, objectOf(message['result']) ?? {});
    if (method === this.#sdk.methods.agent.session.prompt) this.#listener.prompted();
    this.#hand({ ...message, ...errorOf(message) });
  }

  /** An answer that nobody waits for. Where it can only be that to the open request, the right one has some seconds to come, too. */
  #stray(message: JsonObject): void {
    const before = this.#answered.get(message['id']);
    const odd = before === undefined ? 'a request that was not made' : `${before} twice, of which the first counts`;
    const notice = `${this.#program} answered ${odd}`;
    if (!this.#notices.has(notice)) this.#listener.strange(notice);
    this.#notices.add(notice);
    const isMeant = [...this.#pending].some(([id, method]) => isMeantFor(message, id, method));
    if (before !== undefined || !isMeant) return;
    const words = textOf(errorOf(message).error?.message);
    const said = words === null ? '' : `: ${shorten(words)}`;
    const id = JSON.stringify(message['id']).slice(0, 100);
    this.#patience.begin(() =>
      this.#cutOff(`answered under the id ${id}, which was not asked${said}, and then nothing`),
    );
  }

  #hand(message: JsonObject): void {
    const { id } = message;
    if (typeof id !== 'number' && typeof id !== 'string') return;
    this.#feed?.enqueue({ ...message, jsonrpc: '2.0' } as Sdk.AnyMessage);
  }

  #send(message: Sdk.AnyMessage): void {
    const isRequest = 'method' in message && 'id' in message;
    if (isRequest && this.#cut !== null) {
      this.#hand({ id: message.id, error: NEVER });
      return;
    }
    if (isRequest) this.#pending.set(message.id, message.method);
    this.#partner?.send(`${JSON.stringify(message)}\n`);
  }

  #close(): void {
    this.#closed = true;
    this.#patience.end();
    this.#feed?.close();
    this.#feed = null;
  }
}

/** Stands in for an answer that will not come. */
const NEVER = { code: -32099, message: 'no answer will come' };

/** An error as the protocol has it, whatever an agent puts in its place: else nobody would hear of the answer, or of its words. */
function errorOf({ error }: JsonObject): { readonly error?: { readonly code: unknown; readonly message: string } } {
  if (error === undefined || error === null) return {};
  const told = objectOf(error);
  const code = Number.isInteger(told?.['code']) ? told?.['code'] : -32603;
  const words = textOf(told?.['message']) ?? textOf(error) ?? JSON.stringify(error).slice(0, 300);
  return { error: { ...told, code, message: words } };
}

function aborted(signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted === true) resolve();
    else signal?.addEventListener('abort', () => resolve(), { once: true });
  });
}
