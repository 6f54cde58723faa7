import type { Context } from 'hono';
import { type SSEStreamingApi, streamSSE } from 'hono/streaming';

/** A reader that is so far behind does not read any more. It is let go, and comes back with the place it had reached. */
const MOST_BEHIND_BYTES = 4_000_000;
/** A page that hears nothing for twice as long and a little connects anew. */
const HEARTBEAT_MS = 15_000;
/** So many heartbeats after which a reader that has taken nothing meanwhile is let go: a phone in a tunnel, a debugger. */
const MOST_UNHEARD = 3;

export interface EventStream {
  /** `id` is where a reader goes on that has seen this message. */
  send(message: object, id: string): void;
  /** Sends what is under way, then ends. */
  end(): void;
}

/** Of what node's server has for an answer, as far as it is needed. A test without a server has none. */
interface Connection {
  setTimeout(ms: number): void;
  destroy(): void;
}

/** Answers with server-sent events. `begin` is called once; the function that it returns is called when the reader is gone. */
export function eventStream(context: Context, begin: (stream: EventStream) => Promise<() => void>): Response {
  context.header('x-accel-buffering', 'no');
  const connection = (context.env as { outgoing?: Connection } | undefined)?.outgoing ?? null;
  connection?.setTimeout(0); // Who is silent is found out by heartbeats here.
  return streamSSE(context, async (sse) => {
    const mail = new Mail(sse, connection);
    const beat = setInterval(() => mail.beat(), HEARTBEAT_MS);
    let leave = () => {};
    try {
      leave = await begin(mail);
      await mail.deliver();
    } catch {
      // What cannot be read now: whoever asks for the document itself is told why.
    } finally {
      clearInterval(beat);
      leave();
    }
  });
}

/** What a reader is to be sent: one message at a time, as fast as it reads; what it does not read in time is not kept for it. */
class Mail implements EventStream {
  readonly #sse: SSEStreamingApi;
  readonly #connection: Connection | null;
  #queue: { readonly data: string; readonly id: string; readonly bytes: number }[] = [];
  #behind = 0;
  #isEnding = false;
  #isWriting = false;
  #unheard = 0;
  #wake = () => {};

  constructor(sse: SSEStreamingApi, connection: Connection | null) {
    this.#sse = sse;
    this.#connection = connection;
    sse.onAbort(() => this.#forget());
  }

  send(message: object, id: string): void {
    if (this.#sse.aborted) return;
    const data = JSON.stringify(message);
    const bytes = Buffer.byteLength(data);
    this.#behind += bytes;
    this.#queue.push({ data, id, bytes });
    if (this.#behind > MOST_BEHIND_BYTES) this.#letGo();
    else this.#wake();
  }

  end(): void {
    this.#isEnding = true;
    this.#wake();
  }

  /** Resolves when all is sent and there is to be no more, or the reader is gone. */
  async deliver(): Promise<void> {
    while (!this.#sse.aborted) {
      const next = this.#queue.shift();
      if (next !== undefined) {
        await this.#write(() => this.#sse.writeSSE(next));
        this.#behind -= next.bytes;
      } else if (this.#isEnding) return;
      else await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  /** Shows a reader that it is not forgotten, and finds out whether it is still there. */
  beat(): void {
    if (!this.#isWriting) return void this.#write(() => this.#sse.write(': here\n\n'));
    this.#unheard += 1;
    if (this.#unheard >= MOST_UNHEARD) this.#letGo();
  }

  async #write(write: () => Promise<unknown>): Promise<void> {
    this.#isWriting = true;
    await write();
    this.#isWriting = false;
    this.#unheard = 0;
  }

  #letGo(): void {
    this.#sse.abort();
    this.#connection?.destroy();
  }

  #forget(): void {
    this.#queue = [];
    this.#behind = 0;
    this.#wake();
  }
}
