import type { ErrorAnswer } from '../documents.ts';

/** A request that was answered, but not with what was asked for. */
export class Refused extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

const KEPT_AS = 'autoloop-token';

/**
 * Takes the token out of the address that `autoloop serve` printed. A fragment reaches no server; from then on the token is kept
 * for this origin, port included, and leaves the address bar and the history.
 */
export function takeToken(): void {
  const given = /^#token=([\w-]+)$/.exec(location.hash)?.[1];
  if (given === undefined) return;
  localStorage.setItem(KEPT_AS, given);
  history.replaceState(null, '', `${location.pathname}#/`);
}

/** This window, for the server that lets each browser hold a few feeds only. */
const WINDOW = crypto.randomUUID();
const BROWSER_AS = 'autoloop-browser';

function browserId(): string {
  const known = localStorage.getItem(BROWSER_AS);
  if (known !== null) return known;
  localStorage.setItem(BROWSER_AS, WINDOW);
  return WINDOW;
}

function headers(): Record<string, string> {
  return { authorization: `Bearer ${localStorage.getItem(KEPT_AS) ?? ''}`, 'x-client': browserId() };
}

/** GETs a document of the API. Rejects with Refused, or with a TypeError when the server cannot be reached. */
export async function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  const response = await fetch(`/api/${path}`, { headers: headers(), ...(signal && { signal }) });
  return answerOf<T>(response);
}

/** POSTs JSON. Rejects as `get`. */
export async function post<T>(path: string, value: unknown): Promise<T> {
  const response = await fetch(`/api/${path}`, {
    method: 'POST',
    headers: { ...headers(), 'content-type': 'application/json' },
    body: JSON.stringify(value),
  });
  return answerOf<T>(response);
}

async function answerOf<T>(response: Response): Promise<T> {
  if (response.ok) return (await response.json()) as T;
  const { error } = (await response.json().catch(() => ({}))) as Partial<ErrorAnswer>;
  throw new Refused(response.status, error ?? `the server answered ${String(response.status)}`);
}

export type Liveness = 'live' | 'connecting' | 'lost' | 'refused' | 'elsewhere';

export interface Following<Message> {
  /** Where to go on; asked anew at each connection. */
  readonly place: () => string;
  readonly onMessage: (message: Message, place: string) => void;
  readonly onLiveness: (liveness: Liveness) => void;
  readonly signal: AbortSignal;
}

/** Twice the server's heartbeat and a little: a connection that is silent for longer is dead. */
const SILENCE_MS = 40_000;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 10_000;

/**
 * Follows a feed of server-sent events until `signal` aborts, and comes back after each break from the place it had reached. Resolves
 * with `reload` when too much was missed to be told.
 * EventSource cannot send the token, so the stream is read here.
 */
export async function follow<Message extends { kind: string }>(
  path: string,
  following: Following<Message>,
): Promise<'reload' | 'over'> {
  let waitMs = FIRST_WAIT_MS;
  while (!following.signal.aborted) {
    following.onLiveness('connecting');
    const end = await listen(path, following, () => (waitMs = FIRST_WAIT_MS));
    if (isOver(following.signal)) return 'over';
    if (end === 'reload') return end;
    following.onLiveness(end);
    if (end !== 'lost') return 'over';
    await pause(waitMs, following.signal);
    waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS);
  }
  return 'over';
}

/** A signal's state changes behind the compiler's back. */
export function isOver(signal: AbortSignal): boolean {
  return signal.aborted;
}

/** One connection, to its end. */
async function listen<Message extends { kind: string }>(
  path: string,
  { place, onMessage, onLiveness, signal }: Following<Message>,
  onOpen: () => void,
): Promise<'lost' | 'refused' | 'elsewhere' | 'reload'> {
  const dead = new AbortController();
  const stop = () => dead.abort();
  signal.addEventListener('abort', stop);
  let timer = setTimeout(stop, SILENCE_MS);
  try {
    const response = await fetch(`/api/${path}`, {
      headers: { ...headers(), 'last-event-id': place() },
      signal: dead.signal,
    });
    if (response.status === 401 || response.status === 403) return 'refused';
    if (!response.ok || response.body === null) return 'lost';
    onOpen();
    onLiveness('live');
    for await (const { id, data } of eventsIn(response.body, () => {
      clearTimeout(timer);
      timer = setTimeout(stop, SILENCE_MS);
    })) {
      const message = JSON.parse(data) as Message;
      if (message.kind === 'elsewhere' || message.kind === 'reload') return message.kind;
      onMessage(message, id);
    }
    return 'lost';
  } catch {
    return 'lost'; // Whatever broke, the next connection goes on from the same place.
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
    stop(); // Nobody reads on.
  }
}

async function* eventsIn(
  body: ReadableStream<Uint8Array>,
  onLife: () => void,
): AsyncGenerator<{ id: string; data: string }> {
  const reader = body.pipeThrough(new TextDecoderStream() as TransformStream<Uint8Array, string>).getReader();
  let rest = '';
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    onLife();
    const blocks = (rest + value).split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const data = /^data: ?(.*)$/m.exec(block)?.[1];
      if (data !== undefined) yield { id: /^id: ?(.*)$/m.exec(block)?.[1] ?? '', data };
    }
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
