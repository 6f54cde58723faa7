import type { SessionFields } from '../core/session.ts';
import type { ProviderName, Usage } from '../core/vocabulary.ts';

export interface Agent {
  readonly provider: ProviderName;
  /** The agent's own name, where the provider's is not it: `opencode`. */
  readonly called?: string;
  readonly model: string | null;
  readonly effort: string | null;
  readonly sessions: SessionFields;
  /** One turn, to its end: it is over, and so are its processes, when this resolves. It rejects only on a bug. */
  run(turn: TurnCall): Promise<TurnReport>;
}

export interface TurnCall {
  readonly prompt: string;
  /** The prompt of a new session instead, for an agent that turns out to keep none before it is told anything. */
  readonly promptAnew: () => string;
  /** What is the same in every turn of a run, for providers with a system prompt that is frozen at the first turn. */
  readonly contract: string;
  /** The session to go on with; null starts a new one. */
  readonly resume: string | null;
  /** What the provider had reported for this session before, for those that report cumulative figures; null: unknown. */
  readonly totalsBefore: Usage | null;
  /** Where the raw output goes; it is appended to. */
  readonly logFile: string;
  /** Called as soon as the session's id is known. The turn waits for it. */
  readonly onSession: (id: string) => Promise<void>;
  readonly onActivity: (activity: Activity) => void;
  readonly stop: AbortSignal;
}

/** What an agent is doing, for the status line: a command, a file, a text, tokens so far. */
export type Activity =
  | { readonly kind: 'command'; readonly text: string }
  | { readonly kind: 'file'; readonly text: string }
  | { readonly kind: 'message'; readonly text: string }
  | { readonly kind: 'notice'; readonly text: string }
  | { readonly kind: 'usage'; readonly usage: Usage };

export type TurnReport =
  | {
      readonly kind: 'answered';
      readonly text: string;
      readonly sessionId: string | null;
      /** Of this turn alone. */
      readonly usage: Usage;
      /** Of the session so far, as the provider reports it; null where it does not. */
      readonly sessionTotals: Usage | null;
      readonly metadata: Readonly<Record<string, unknown>>;
      /** One line each, for the operator. */
      readonly warnings: readonly string[];
      /** Tools that the provider's permissions denied, with the setting that would allow them. */
      readonly denied: readonly string[];
    }
  | {
      readonly kind: 'failed';
      readonly failure: Failure;
      readonly sessionId: string | null;
      readonly usage: Usage;
      readonly sessionTotals: Usage | null;
    };

/** Classes of failure (docs/providers.md); `hang_*` and `stopped` are our own doing. */
export type FailureClass =
  | 'configuration'
  | 'unknown_session'
  | 'transient'
  | 'auth'
  | 'limit'
  | 'context_full'
  | 'bad_model'
  | 'interrupted'
  | 'hang_idle'
  | 'hang_turn'
  | 'stopped'
  | 'other';

export interface Failure {
  readonly class: FailureClass;
  /** The provider's words, shortened to a line or two. */
  readonly message: string;
  /** What the operator can do about it; null when nothing is known. */
  readonly hint: string | null;
  /** Stated wait before another try, in milliseconds. */
  readonly retryAfterMs: number | null;
  /** When a usage limit ends; ISO 8601. */
  readonly resetsAt: string | null;
  readonly exitCode: number | null;
  /** The last lines that the program printed, at most 20. */
  readonly tail: readonly string[];
}
