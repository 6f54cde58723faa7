import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Api, Billed, Dialect, Json, ModelCall, Reply, Spoken } from './api.ts';
import { chat } from './chat.ts';
import { generate } from './generate.ts';
import { messages } from './messages.ts';
import { responses } from './responses.ts';

/** A call with what became of it; `billed` is null for one that was refused or broken off. */
export interface AnsweredCall extends ModelCall {
  readonly reply: Reply;
  readonly billed: Billed | null;
}

export type Decide = (call: ModelCall) => Reply;

/** All APIs on one port of the loopback interface. `decide` says what becomes of each call, and may be exchanged at any time. */
export class Mock {
  decide: Decide;
  /** Every call of a model, in order. */
  readonly calls: AnsweredCall[] = [];
  /** Everything else that was asked for, refused with 404: `GET /v1/models`. */
  readonly others: string[] = [];
  /** What went wrong in the mock itself. */
  readonly faults: string[] = [];
  readonly #server = createServer((request, response) => void this.#serve(request, response));
  #port = 0;

  constructor(decide: Decide) {
    this.decide = decide;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Begins to listen; after `down`, at the same port again. */
  async up(): Promise<void> {
    await new Promise<void>((done, failed) => {
      this.#server.once('error', failed).listen(this.#port, '127.0.0.1', done);
    });
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  /** From now on connections are refused. */
  async down(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((done) => this.#server.close(done));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const body = await bodyOf(request);
      const path = request.url?.split('?')[0] ?? '';
      const api = APIS.find((name) => DIALECTS[name].handles(path));
      if (api !== undefined && request.method === 'POST') {
        const asked = DIALECTS[api].read(JSON.parse(body) as Json, path);
        this.#answer({ api, at: performance.now(), ...asked }, response);
        return;
      }
      this.others.push(`${request.method ?? ''} ${path}`);
      response.writeHead(404).end();
    } catch (error) {
      if (!request.complete) return; // Whoever asked has gone meanwhile.
      this.faults.push(String(error));
      response.destroy();
    }
  }

  #answer(call: ModelCall, response: ServerResponse): void {
    if (call.isAside === true) {
      speak(call, { say: 'As you like it' }, NOTHING, response);
      return;
    }
    const reply = this.decide(call);
    const billed = isSpoken(reply) ? billFor(this.calls.length) : null;
    this.calls.push({ ...call, reply, billed });
    if (reply === 'cut' || reply === 'silence') breakOff(call, reply, response);
    else if (isSpoken(reply)) speak(call, reply, billFor(this.calls.length - 1), response);
    else response.writeHead(reply.status, { ...JSON_TYPE, ...reply.headers }).end(JSON.stringify(reply.body));
  }
}

const DIALECTS: Readonly<Record<Api, Dialect>> = { responses, messages, chat, generate };
const APIS = ['responses', 'messages', 'chat', 'generate'] as const satisfies readonly Api[];
const NOTHING: Billed = { input: 0, cached: 0, output: 0, reasoning: 0 };
const JSON_TYPE = { 'content-type': 'application/json' };
const EVENTS_TYPE = { 'content-type': 'text/event-stream' };

function isSpoken(reply: Reply): reply is Spoken {
  return typeof reply === 'object' && !('status' in reply);
}

/** Figures by which every sum over some calls can be told from another. */
function billFor(nth: number): Billed {
  return { input: 1000 + 7 * nth, cached: 200 + 3 * nth, output: 30 + nth, reasoning: 5 + (nth % 4) };
}

function speak(call: ModelCall, reply: Spoken, billed: Billed, response: ServerResponse): void {
  const dialect = DIALECTS[call.api];
  if (!call.isStreamed) {
    response.writeHead(200, JSON_TYPE).end(JSON.stringify(dialect.whole(reply, call.model, billed)));
    return;
  }
  response.writeHead(200, EVENTS_TYPE);
  for (const event of dialect.events(reply, call.model, billed)) response.write(lineOf(event));
  response.end(dialect.end ?? '');
}

/** The response begins, if it is a stream; then its connection ends, or nothing comes any more. */
function breakOff(call: ModelCall, how: 'cut' | 'silence', response: ServerResponse): void {
  if (!call.isStreamed) {
    if (how === 'cut') response.destroy();
    return;
  }
  const [first] = DIALECTS[call.api].events({ say: '' }, call.model, NOTHING);
  response.writeHead(200, EVENTS_TYPE);
  response.write(lineOf(first), () => {
    if (how === 'cut') response.destroy();
  });
}

function lineOf(event: { type?: string } | undefined): string {
  const name = event?.type === undefined ? '' : `event: ${event.type}\n`;
  return `${name}data: ${JSON.stringify(event)}\n\n`;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
