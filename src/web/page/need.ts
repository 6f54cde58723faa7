import type { StatusDocument } from '../../inspect/status-document.ts';

/** Whether anything waits for a person, and that in a few words: what one glance is for. */
export interface Need {
  readonly isPerson: boolean;
  readonly text: string;
}

export function needOf({ status, waiting, chain }: StatusDocument): Need {
  if (waiting !== null && waiting.kind !== 'limit') return { isPerson: true, text: 'You are needed' };
  if (status === 'running' || status === 'starting' || status === 'not_started') {
    return { isPerson: false, text: 'Nobody is needed' };
  }
  if (status === 'success') return { isPerson: false, text: 'Nothing is left to do' };
  if (chain.followup_run_id !== null) return { isPerson: false, text: 'It goes on in its follow-up' };
  return { isPerson: true, text: 'You are needed' };
}
