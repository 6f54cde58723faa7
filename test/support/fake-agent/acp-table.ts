/**
 * How the fake agent of the Agent Client Protocol departs from an agent that answers everything and keeps sessions. Each step is a
 * method of the protocol.
 */
export interface AcpTable {
  /** What a step does instead of answering: never answer, end the process, or refuse. */
  readonly steps?: Readonly<Record<string, 'hang' | 'die' | { readonly error: object }>>;
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
  /** Added to the answer to the prompt. */
  readonly result?: object;
  /** Said behind the answer to the prompt. */
  readonly after?: readonly Saying[];
  /** What it does with a cancelled prompt; it answers that it was cancelled. */
  readonly onCancel?: 'answer' | 'ignore' | 'claim_done';
  /** It stays when its input ends. */
  readonly ignoresEof?: boolean;
  /** The file of a turn that was written down, which it plays again; nothing else of the table holds then. */
  readonly transcript?: string;
  /** Each process begins to count the cost of the session at 0. */
  readonly forgetsCost?: true;
}

/** One thing that it says: an update, a request whose answer it waits for, a line as it is, a long one, or what it leaves running. */
export type Saying =
  | { readonly update: object }
  | { readonly ask: string; readonly params: object }
  | { readonly line: string }
  | { readonly longLineMb: number }
  | { readonly leave: 'sleep' };
