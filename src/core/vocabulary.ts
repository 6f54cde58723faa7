/** The four producer/verifier pairs of a run, always worked in this order (docs/loop.md). */
export const PAIRS = ['plan', 'implement', 'test', 'audit'] as const;
export type Pair = (typeof PAIRS)[number];

/** Who takes a turn. On the wire this is the field `phase` of turn events. */
export type Role = 'producer' | 'verifier';

/** What a pair works on: plan and audit on the run, implement and test on one phase of the plan. */
export interface Scope {
  readonly pair: Pair;
  readonly phaseId: string | null;
}

export const PROVIDER_NAMES = ['codex', 'claude', 'acp', 'command', 'rehearsal'] as const;
export type ProviderName = (typeof PROVIDER_NAMES)[number];

/** Who a role may name: a provider, or one of the commands that the configuration has by names of its own. */
export type AgentName = string;

/** The form of such a name, the providers' own among them. */
export const AGENT_NAME = /^[A-Za-z][A-Za-z0-9_-]{0,31}$/;

/** The provider that an agent is of. */
export function providerOf(name: AgentName): ProviderName {
  return PROVIDER_NAMES.find((one) => one === name) ?? 'command';
}

/** The agents that speak the Agent Client Protocol and are known by name. */
export const ACP_AGENTS = [
  'opencode',
  'gemini',
  'qwen',
  'goose',
  'copilot',
  'cursor',
  'kimi',
  'claude-acp',
  'codex-acp',
] as const;
export type AcpAgentName = (typeof ACP_AGENTS)[number];

export type PromiseWord = 'COMPLETE' | 'INCOMPLETE' | 'BLOCKED';

/** What an agent said at the end of its turn: the loop-control block of its final text (docs/protocol.md). */
export type Control =
  | { readonly kind: 'promise'; readonly promise: PromiseWord }
  | { readonly kind: 'question'; readonly question: string; readonly bestSupposition: string | null }
  | { readonly kind: 'none' };

/** How a run ended. */
export const RUN_STATUSES = [
  'success',
  'failed',
  'fatal_error',
  'blocked',
  'needs_followup',
  'paused',
  'interrupted',
  'unverified',
] as const;
export type RunStatus = (typeof RUN_STATUSES)[number];

export type PhaseStatus = 'planned' | 'in_progress' | 'completed' | 'blocked' | 'deferred';
export type PhaseMode = 'single' | 'up-to';
export type IntentMode = 'replace' | 'append' | 'preserve';

/** What `noticed` events tell of (docs/events.md). */
export type NoticeKind =
  | 'agent_committed'
  | 'agent_warning'
  | 'baseline_missing'
  | 'branch_switched'
  | 'changed_since'
  | 'checkpoint_failed'
  | 'configuration_edited'
  | 'edits_vanished'
  | 'history_rewritten'
  | 'left_on_branch'
  | 'left_out_committed'
  | 'left_uncommitted'
  | 'promise_not_taken'
  | 'provider_failure'
  | 'redacted_copy'
  | 'resumed_on_branch'
  | 'safety_snapshot'
  | 'session_missing'
  | 'session_replaced'
  | 'state_restored'
  | 'token_committed'
  | 'version_changed';

/** Tokens and cost of a turn. `null` is "the provider did not say", never zero. Cost in US dollars. */
export interface Usage {
  readonly inputTokens: number | null;
  readonly cachedInputTokens: number | null;
  readonly outputTokens: number | null;
  readonly reasoningTokens: number | null;
  readonly costUsd: number | null;
}

export const UNKNOWN_USAGE: Usage = {
  inputTokens: null,
  cachedInputTokens: null,
  outputTokens: null,
  reasoningTokens: null,
  costUsd: null,
};

export function isPhased(pair: Pair): pair is 'implement' | 'test' {
  return pair === 'implement' || pair === 'test';
}

/** For the default branch of exhaustive switches: a compile error when a case is missing, a clear bug report if one slips through. */
export function assertNever(value: never, what: string): never {
  throw new Error(`unhandled ${what}: ${JSON.stringify(value)}`);
}
