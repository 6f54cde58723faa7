/** Which API was called: OpenAI's Responses (codex) or Chat Completions (opencode), Anthropic's Messages (claude), or Google's (gemini). */
export type Api = 'responses' | 'messages' | 'chat' | 'generate';

/** What a request to a model says, as far as tests look at it. */
export interface Asked {
  readonly model: string;
  /** The system prompt, and what stands in for it. */
  readonly system: string;
  /** The texts of the user, the oldest first; tools' results are not among them. */
  readonly userTexts: readonly string[];
  /** The results of tools since the last text of the user. */
  readonly toolResults: readonly string[];
  /** Whether the answer is to come as server-sent events. */
  readonly isStreamed: boolean;
  /** The program asks for something of its own beside the turn. */
  readonly isAside?: boolean;
}

export interface ModelCall extends Asked {
  readonly api: Api;
  /** Milliseconds, by `performance.now()`. */
  readonly at: number;
}

/** A tool call, by what it does: each program has tools of its own for it. `create`: the absolute path of a new file. */
export type Deed = { readonly run: string } | { readonly create: string; readonly text: string };

/** What a call is billed as. `input` includes what came from the cache, `output` what went into reasoning. */
export interface Billed {
  readonly input: number;
  readonly cached: number;
  readonly output: number;
  readonly reasoning: number;
}

/** What the mock does with a call. Only the first two are billed. */
export type Reply = Spoken | Refusal | 'cut' | 'silence';

/** A final text, or a tool call. */
export type Spoken = { readonly say: string } | { readonly do: Deed };

export interface Refusal {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: object;
}

/** What each API has of its own: how to read its requests and how to word its replies. */
export interface Dialect {
  handles(path: string): boolean;
  read(body: Json, path: string): Asked;
  /** The server-sent events of a reply. */
  events(reply: Spoken, model: string, billed: Billed): readonly SentEvent[];
  /** The same as one document. */
  whole(reply: Spoken, model: string, billed: Billed): Json;
  /** What ends a stream, where something does. */
  readonly end?: string;
}

/** Without a type it is sent without a name. */
export type SentEvent = Json & { readonly type?: string };

export type Json = Readonly<Record<string, unknown>>;

/** The objects in a list; nothing where there is no list. */
export function objectsIn(value: unknown): Json[] {
  return Array.isArray(value) ? value.filter((one): one is Json => typeof one === 'object' && one !== null) : [];
}

export function textIn(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** A text, or the texts of a list of parts. */
export function joinedText(content: unknown): string {
  if (typeof content === 'string') return content;
  return objectsIn(content)
    .map((part) => textIn(part['text']))
    .join('\n');
}
