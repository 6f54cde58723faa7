/**
 * How the fake agent of the Agent Client Protocol departs from an agent that answers everything and keeps sessions. Each step is a
 * method of the protocol.
 */
export interface AcpTable {
  /** What a step does instead of answering. */
  readonly steps?: Readonly<Record<string, Misstep>>;
  /** The version that it says it speaks; 1. */
  readonly version?: number;
  /** What it can do with a session; all of it. */
  readonly sessions?: { readonly load?: boolean; readonly resume?: boolean; readonly close?: boolean };
  /** Added to the answer that opens a session: `modes`, `configOptions`, `models`, or another `sessionId`. */
  readonly offer?: object;
  /** Said before a session that is loaded is answered for. */
  readonly replay?: readonly Saying[];
  /** Said in a turn, instead of its default work. */
  readonly turn?: readonly Saying[];
  /** Said in a turn, before its default work. */
  readonly before?: readonly Saying[];
  /** Added to the answer to the prompt. */
  readonly result?: object;
  /** Said behind the answer of its default work, without a number, before the turn is over. */
  readonly aside?: string;
  /** Said behind the answer to the prompt. */
  readonly after?: readonly Saying[];
  /** What it does with a cancelled prompt; it answers that it was cancelled. `ask`: before that it asks to be allowed something. */
  readonly onCancel?: 'answer' | 'ignore' | 'claim_done' | 'ask';
  /** It stays when its input ends. */
  readonly ignoresEof?: boolean;
  /** The file of a turn that was written down, which it plays again; nothing else of the table holds then. */
  readonly transcript?: string;
  /** Each process begins to count the cost of the session at 0. */
  readonly forgetsCost?: true;
}

/** Never answer, end the process with a code or as if all were well, close its input before the answer or its output instead of it, answer under an id of another type, or refuse. */
export type Misstep =
  'hang' | 'die' | 'quit' | 'close_input' | 'close_output' | 'id_as_text' | { readonly error: object };

/** One thing that it says: an update, a request whose answer it waits for, a line as it is, a long one, or what it leaves running. */
export type Saying =
  | { readonly update: object }
  | { readonly ask: string; readonly params: object }
  | { readonly line: string }
  | { readonly longLineMb: number }
  | { readonly leave: 'sleep' };
