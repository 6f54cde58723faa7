import type { RunEvent } from '../core/events.ts';
import { screenLine, screenText } from '../core/screen.ts';
import { UNKNOWN_USAGE } from '../core/vocabulary.ts';
import { duration } from './duration.ts';
import { usageText } from './usage-table.ts';

/** An event in a sentence, safe for a terminal; null for one that says nothing to a reader. */
export function eventLine(event: RunEvent): string | null {
  switch (event.event_type) {
    case 'session_identified':
      return null;
    case 'checkpoint':
      return event.commit === null ? null : `commit ${event.commit.slice(0, 10)} ${shown(event.subject)}`;
    case 'edits_recovered':
      return event.commit === null
        ? null
        : `commit ${event.commit.slice(0, 10)} of recovered edits (${event.paths} paths)`;
    default:
      return runLine(event) ?? turnLine(event) ?? pairLine(event);
  }
}

function runLine(event: RunEvent): string | null {
  switch (event.event_type) {
    case 'run_started':
      return `run started: ${event.pairs.join(', ')}${event.parent_run_id ? `; follow-up of ${event.parent_run_id}` : ''}`;
    case 'run_resumed':
      return `run resumed${(event.changed_settings ?? []).map(({ key }) => `; ${shown(key)} changed`).join('')}`;
    case 'run_finished':
      return `run finished: ${event.status} (exit code ${event.exit_code})${because(event.reason)}`;
    case 'auto_followup_scheduled':
      return `follow-up scheduled: ${event.followup_run_id} (depth ${event.followup_depth} of ${event.auto_followup_max_depth})`;
    case 'auto_followup_launched':
      return `follow-up launched: ${event.followup_run_id}`;
    case 'auto_followup_skipped':
      return `no follow-up: ${event.reason.replaceAll('_', ' ')}`;
    case 'limit_wait':
      return `waiting for a usage limit until ${shown(event.until)}: ${shown(event.message)}`;
    case 'noticed':
      return `noticed: ${shown(event.kind.replaceAll('_', ' '))}: ${shown(event.detail)}${pathsOf(event.paths ?? [])}`;
    default:
      return null;
  }
}

function turnLine(event: RunEvent): string | null {
  switch (event.event_type) {
    case 'turn_started': {
      const model = event.model === null ? '' : ` ${event.model}`;
      return `${turnOf(event)} begins: turn ${event.turn}, ${shown(event.provider + model)}`;
    }
    case 'phase_finished': {
      const { outcome, duration_ms: ms, usage = UNKNOWN_USAGE } = event;
      const facts = [outcomeText(outcome), ms === undefined ? '' : duration(ms), usageText(usage)];
      const said = facts.filter((fact) => fact !== '').join('; ');
      return `${turnOf(event)} ends${said === '' ? '' : `: ${said}`}`;
    }
    case 'turn_interrupted':
      return `${turnOf(event)} interrupted: ${event.reason.replaceAll('_', ' ')}${because(event.message)}`;
    case 'verifier_edited':
      return `${turnOf(event)} edited files outside its artifacts${pathsOf(event.paths)}`;
    case 'phase_output_empty':
      return `${turnOf(event)} said nothing`;
    case 'question':
      return `${turnOf(event)} asks: ${shown(event.text ?? '')}`;
    case 'auto_answer_finished':
      return `${turnOf(event)} is answered automatically: ${shown(event.answer)}`;
    case 'clarified': {
      const { question, answer, source } = event.clarification;
      return `${question === null ? 'instruction' : 'answer'} (${source}): ${shown(answer)}`;
    }
    default:
      return null;
  }
}

function pairLine(event: RunEvent): string {
  switch (event.event_type) {
    case 'pair_started':
      return `===== ${event.pair}${event.phase_id ? ` ${shown(event.phase_id)}` : ''} =====`;
    case 'cycle_started':
      return `--- ${event.pair} cycle ${event.cycle}${event.attempt > 1 ? `, attempt ${event.attempt}` : ''} ---`;
    case 'pair_completed':
      return `${event.pair} complete (cycle ${event.cycle})`;
    case 'blocked':
      return `${event.pair} blocked${because(event.reason)}`;
    case 'pair_failed':
      return `${event.pair} failed${because(event.reason?.replaceAll('_', ' '))}`;
    case 'missing_promise_default':
      return `${event.pair} verifier promised nothing: INCOMPLETE`;
    case 'phase_scope_resolved':
      return `phases: ${event.phase_ids.map(shown).join(', ')}`;
    case 'phase_started':
    case 'phase_deferred':
    case 'phase_completed':
    case 'phase_blocked':
      return `phase ${shown(event.phase_id)} ${event.event_type.slice('phase_'.length)}`;
    case 'audit_result_invalid':
      return `audit_result.json cannot be used: ${shown(event.error)}`;
    case 'audit_clean':
      return `audit: no material gap${because(event.summary)}`;
    case 'audit_gaps_found':
      return `audit: gaps found${because(event.summary)}`;
    default: // A newer release's event.
      return shown(event.event_type.replaceAll('_', ' '));
  }
}

function turnOf({ pair, phase, cycle }: { pair: string; phase: string; cycle: number }): string {
  return `${pair} ${phase} (cycle ${cycle})`;
}

function outcomeText(outcome: Extract<RunEvent, { event_type: 'phase_finished' }>['outcome']): string {
  switch (outcome?.kind) {
    case undefined:
      return '';
    case 'verdict':
      return `${outcome.verdict}${outcome.reason === 'promised' ? '' : ` (${outcome.reason.replaceAll('_', ' ')})`}`;
    case 'produced':
      return outcome.changed ? 'changed files' : 'changed nothing';
    case 'unreadable':
      return `loop control cannot be read: ${shown(outcome.error)}`;
    default:
      return outcome?.kind ?? '';
  }
}

function pathsOf(paths: readonly string[]): string {
  return paths.length === 0 ? '' : `: ${paths.slice(0, 8).map(shown).join(', ')}${paths.length > 8 ? ', …' : ''}`;
}

function because(reason: string | null | undefined): string {
  return reason ? `: ${screenText(reason).trimEnd().replaceAll('\n', '\n    ')}` : '';
}

const shown = (text: string) => screenLine(text, 400);
