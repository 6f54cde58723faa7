import type { RunEvent } from '../core/events.ts';
import { PAIR_LABELS } from '../core/scope.ts';
import { screenLine, screenText } from '../core/screen.ts';
import type { Narrator } from '../run/ports.ts';
import type { Screen } from './screen-output.ts';
import type { NarratedRun } from '../work/ports.ts';
import { duration } from '../inspect/duration.ts';
import { TurnStatus } from './turn-status.ts';

/** Tells the operator what happens: a plain line for each event worth one, and a status while a turn runs. */
export function createNarrator(screen: Screen, run: NarratedRun): Narrator {
  const status = new TurnStatus(screen, run.workspace);
  const say = (write: () => void) => {
    status.clear();
    write();
  };
  return {
    event(event) {
      for (const line of linesOf(event, run)) say(() => screen.line(line));
    },
    line: (text) => say(() => screen.line(screenText(text))),
    warn: (text) => say(() => screen.warn(screenText(text))),
    turnBegins: (turn) => status.begin(turn),
    activity: (activity) => status.activity(activity),
    turnEnds: () => status.end(),
  };
}

function linesOf(event: RunEvent, { maxCycles, answersItself }: NarratedRun): readonly string[] {
  switch (event.event_type) {
    case 'pair_started':
      return [
        `\n===== Pair: ${PAIR_LABELS[event.pair]} =====`,
        ...(event.phase_id ? [`[*] Phase: ${shown(event.phase_id)}`] : []),
      ];
    case 'cycle_started':
      return [
        `--- ${event.pair} cycle ${event.cycle}/${maxCycles} ---${event.attempt > 1 ? ` (attempt ${event.attempt})` : ''}`,
      ];
    case 'phase_finished': {
      const { pair, phase, duration_ms: ms, outcome } = event;
      const took = ms === undefined ? '' : ` in ${duration(ms)}`;
      return [`[*] ${pair} ${phase} finished${took}${outcome?.kind === 'verdict' ? `: ${outcome.verdict}` : ''}`];
    }
    case 'checkpoint':
    case 'edits_recovered':
      return event.commit === null
        ? []
        : [`[*] Checkpoint ${event.commit.slice(0, 10)}${'subject' in event ? ` ${event.subject}` : ''}`];
    case 'auto_answer_finished':
      return [`[*] Answered automatically: ${screenLine(event.answer, 400)}`];
    case 'phase_scope_resolved':
      return [`[*] Phases: ${event.phase_ids.map(shown).join(', ')}`];
    case 'question':
      return [`[*] ${event.pair} ${event.phase} asks${answersItself ? `: ${screenLine(event.text ?? '', 400)}` : ''}`];
    default:
      return endLines(event);
  }
}

function endLines(event: RunEvent): readonly string[] {
  switch (event.event_type) {
    case 'pair_completed':
      return [`[*] ${event.pair} complete (cycle ${event.cycle})`];
    case 'blocked':
      return [`[BLOCKED] ${event.pair} (cycle ${event.cycle})${event.reason === undefined ? '' : `: ${event.reason}`}`];
    case 'pair_failed':
      return [`[FAILED] ${event.pair}${event.reason === undefined ? '' : `: ${event.reason.replace('_', ' ')}`}`];
    case 'audit_result_invalid':
      return [`[FAILED] audit_result.json cannot be used: ${screenLine(event.error, 400)}`];
    case 'audit_clean':
      return [`[*] Audit: no material gap. ${screenLine(event.summary, 400)}`];
    case 'audit_gaps_found':
      return [`[*] Audit: gaps found. ${screenLine(event.summary, 400)}`];
    case 'auto_followup_scheduled':
      return [
        `[FOLLOW-UP] ${event.followup_run_id} will close the gaps (depth ${event.followup_depth} of ${event.auto_followup_max_depth})`,
      ];
    default:
      return [];
  }
}

const shown = (id: string) => screenLine(id, 96);
