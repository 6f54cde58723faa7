import type { Context } from 'hono';
import { streamSSE } from 'hono/streaming';

/** A reader that is so far behind does not read any more. It is let go, and comes back with the place it had reached. */
const MOST_BEHIND_BYTES = 4_000_000;
/** A page that hears nothing for twice as long and a little connects anew. */
const HEARTBEAT_MS = 15_000;

export interface EventStream {
  /** `id` is where a reader goes on that has seen this message. */
  send(message: object, id: string): void;
  /** Sends what is under way, then ends. */
  end(): void;
}

/** Answers with server-sent events. `begin` is called once; the function that it returns is called when the reader is gone. */
export function eventStream(context: Context, begin: (stream: EventStream) => Promise<() => void>): Response {
  context.header('x-accel-buffering', 'no');
  return streamSSE(context, async (sse) => {
    const queue: { data: string; id: string }[] = [];
    let behind = 0;
    let isEnding = false;
    let wake = () => {};
    const hasEnded = () => isEnding; // It changes behind the compiler's back.
    const woken = () => new Promise<void>((resolve) => (wake = resolve));
    sse.onAbort(() => wake());
    const stream: EventStream = {
      send(message, id) {
        const data = JSON.stringify(message);
        behind += data.length;
        queue.push({ data, id });
        if (behind > MOST_BEHIND_BYTES) sse.abort();
        wake();
      },
      end() {
        isEnding = true;
        wake();
      },
    };
    const beat = setInterval(() => void sse.write(': here\n\n').catch(() => sse.abort()), HEARTBEAT_MS);
    let leave = () => {};
    try {
      leave = await begin(stream);
      while (!sse.aborted) {
        const next = queue.shift();
        if (next !== undefined) {
          await sse.writeSSE(next);
          behind -= next.data.length;
        } else if (hasEnded()) return;
        else await woken();
      }
    } finally {
      clearInterval(beat);
      leave();
    }
  });
}
