import type { EventOf } from './events.ts';
import type { RunState } from './state.ts';

export type FollowupDecision =
  | { readonly kind: 'decided' }
  | { readonly kind: 'skip'; readonly event: EventOf<'auto_followup_skipped'> }
  | { readonly kind: 'schedule'; readonly depth: number; readonly maxDepth: number };

/** Whether the gaps that an audit found start another run (docs/loop.md). */
export function followupDecision(state: RunState): FollowupDecision {
  if (state.followup !== null || state.followupSkipped !== null) return { kind: 'decided' };
  const { depth, pairs, settings } = state.run;
  const maxDepth = settings?.runtime.autoFollowupMaxDepth ?? 0;
  const skip = (reason: EventOf<'auto_followup_skipped'>['reason']): FollowupDecision => ({
    kind: 'skip',
    event: {
      event_type: 'auto_followup_skipped',
      pair: 'audit',
      reason,
      followup_depth: depth,
      auto_followup_max_depth: maxDepth,
    },
  });
  if (settings?.runtime.autoFollowup !== true) return skip('auto_followup_disabled');
  if (!pairs.includes('implement')) return skip('implement_not_enabled');
  if (depth >= maxDepth) return skip('auto_followup_max_depth_reached');
  return { kind: 'schedule', depth: depth + 1, maxDepth };
}
