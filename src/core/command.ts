/** What an operator can ask of a run and leave behind: it waits until the run's log says that it was taken (docs/watch.md). */
export const COMMAND_KINDS = ['note', 'answer', 'pause', 'approve', 'reject'] as const;
export type CommandKind = (typeof COMMAND_KINDS)[number];

/** What an operator can ask of a run at all: the last two are deeds of whoever is asked, and do not wait. */
export const ORDER_KINDS = [...COMMAND_KINDS, 'stop', 'resume'] as const;
export type OrderKind = (typeof ORDER_KINDS)[number];

/** From where a command came. Answers of `mcp` are an agent's, all others a person's; `batch` only pauses. */
export const SENDERS = ['cli', 'page', 'mcp', 'batch'] as const;
export type Sender = (typeof SENDERS)[number];

export interface Command {
  /** `<milliseconds since 1970, 15 digits>-<12 hex>`: ids sort in the order of sending. */
  readonly id: string;
  readonly kind: CommandKind;
  readonly text: string | null;
  /** Of an answer the `seq` of its question, of an approval or rejection the hash of the plan that was seen. */
  readonly for: string | null;
  readonly by: Sender;
  /** ISO 8601. */
  readonly at: string;
}

/** The id of a command that is sent now; `random` is 12 hex digits. */
export function commandId(nowMs: number, random: string): string {
  return `${String(nowMs).padStart(15, '0')}-${random}`;
}

/** When a command was sent, in milliseconds since 1970. */
export function sentAt(id: string): number {
  return Number(id.slice(0, 15));
}
