import type { StatusDocument } from '../../inspect/status-document.ts';
import { clockText } from './format.ts';

/** Where a run is, in one sentence for somebody who has not looked for hours. */
export function headline(status: StatusDocument): string {
  const { position, waiting } = status;
  if (waiting?.kind === 'question')
    return `The ${roleOf(position?.role ?? null)} of ${where(status)} has a question for you.`;
  if (waiting?.kind === 'approval') return 'The plan is ready. Nothing more is paid for until you approve it.';
  if (waiting?.kind === 'limit') {
    return `Waiting for a usage limit${waiting.until === null ? '' : ` until ${clockText(waiting.until)}`}.`;
  }
  switch (status.status) {
    case 'running':
      if (position === null) return 'Working between two pairs.';
      return position.turn === null
        ? `Working on ${where(status)}.`
        : `The ${roleOf(position.role)} works on ${where(status)}.`;
    case 'success':
      return `Done: every pair is complete${status.pairs.includes('audit') ? ' and the audit found nothing missing' : ''}.`;
    case 'needs_followup':
      return 'Done, but the audit found something missing.';
    case 'crashed':
      return 'It stopped without saying so: its process is gone. Nothing is lost.';
    case 'not_started':
      return 'It has not begun.';
    default:
      return `It stopped${position === null ? '' : ` in ${where(status)}`}: ${status.status.replaceAll('_', ' ')}.`;
  }
}

function where({ position, phases }: StatusDocument): string {
  if (position === null) return 'the run';
  const { pair, phase_id, cycle } = position;
  const index = phases.findIndex((phase) => phase.phase_id === phase_id);
  const phase =
    phase_id === null || phases.length < 2 ? '' : `, phase ${String(index + 1)} of ${String(phases.length)}`;
  return `${pair}${phase}${cycle > 1 ? `, cycle ${String(cycle)}` : ''}`;
}

function roleOf(role: string | null): string {
  return role ?? 'agent';
}
