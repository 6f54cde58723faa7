import type { RunRewound } from './rewind-events.ts';
import type { WorktreeEvent } from './worktree-events.ts';
import type { Sender } from './command.ts';

/** The command that an event follows from, and from where it came. */
export interface FromCommand {
  readonly command_id: string;
  readonly by: Sender;
}

interface Approvable {
  readonly what: 'plan';
  readonly sha256: string;
}

/** What operators do to a run, as its log has it. Only this implementation writes these events. */
export type SteeringEvent =
  | RunRewound
  | WorktreeEvent
  /** A command was taken that leads to no other event. */
  | ({ readonly event_type: 'commanded'; readonly kind: string } & FromCommand)
  /** The work is offered as a pull request, which is at this address. */
  | { readonly event_type: 'pr_opened'; readonly url: string }
  /** Nothing more is paid for until somebody approves `what`, whose content has this SHA-256. */
  | ({ readonly event_type: 'approval_requested' } & Approvable)
  /** By whom it was approved or sent back; `command_id` is null where a person at the terminal did. */
  | ({ readonly event_type: 'approval_given' } & Approvable & {
        readonly verdict: 'approved' | 'rejected';
        readonly text: string | null;
        readonly by: Sender;
        readonly command_id: string | null;
      });
