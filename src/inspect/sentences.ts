import { listed } from '../core/listed.ts';
import { commandText } from '../core/checks/check.ts';
import { findingText } from '../core/checks/status.ts';
import { saidBy } from '../core/decided.ts';
import type { EventOf, EventType, Outcome, RunEvent } from '../core/events.ts';
import { PAIR_LABELS } from '../core/scope.ts';
import { screenLine, screenText } from '../core/screen.ts';
import { timeText } from '../core/time-text.ts';
import { UNKNOWN_USAGE } from '../core/vocabulary.ts';
import { agentText } from './agent-text.ts';
import { duration } from './duration.ts';
import { usageText } from './usage-text.ts';
import { noFollowupText, reasonText } from './why-ended.ts';

/** An event in words, safe for a terminal. Lines after the first are indented. */
export interface Sentence {
  readonly tone: Tone;
  readonly text: string;
  /** Whether it is worth a line while it happens: what is not, is told then in other ways (the status of the turn, the end of the run). */
  readonly isLive: boolean;
}

export type Tone = 'pair' | 'cycle' | 'plain' | 'warning' | 'failed' | 'blocked' | 'follow-up';

/**
 * The one place for the words of an event: narrator, `logs`, status and page take them from here. Null: it says nothing to a reader.
 * `maxCycles`, where it is known, is that of the run.
 */
export function sentenceOf(event: RunEvent, maxCycles: number | null = null): Sentence | null {
  const type = event.event_type;
  const say = Object.hasOwn(SENTENCES, type) ? (SENTENCES[type] as Say<EventType>) : undefined;
  // What is unknown is a newer release's event.
  return say === undefined ? told(shown(event.event_type.replaceAll('_', ' '))) : say(event, maxCycles);
}

/** The same for events that come in the order of a log, which tells `maxCycles` itself. */
export function storyteller(): (event: RunEvent) => Sentence | null {
  let maxCycles: number | null = null;
  return (event) => {
    if (event.event_type === 'run_started' || event.event_type === 'run_resumed') maxCycles = event.max_iterations;
    return sentenceOf(event, maxCycles);
  };
}

/** A sentence as it stands in a log for people; what is out of the ordinary has its mark in front. */
export function markedText({ tone, text }: Sentence): string {
  const mark = MARKS[tone];
  return mark === null ? text : `${mark} ${text}`;
}

/** In front of a sentence; null: it needs none in a log. */
export const MARKS: Readonly<Record<Tone, string | null>> = {
  pair: null,
  cycle: null,
  plain: null,
  warning: '[!]',
  failed: '[FAILED]',
  blocked: '[BLOCKED]',
  'follow-up': '[FOLLOW-UP]',
};

const SIDES = {
  base: 'the base',
  now: 'the sources as they are',
  old_on_new: 'the sources with the tests of before',
  new_on_old: 'the base with the tests of today',
} as const;

type Say<T extends EventType> = (event: EventOf<T>, maxCycles: number | null) => Sentence | null;

function told(text: string, tone: Tone = 'plain'): Sentence {
  return { tone, text, isLive: true };
}

function kept(text: string): Sentence {
  return { tone: 'plain', text, isLive: false };
}

const SENTENCES: { readonly [T in EventType]: Say<T> } = {
  run_started: ({ pairs, parent_run_id: parent }) =>
    kept(`run started: ${pairs.join(', ')}${parent ? `; follow-up of ${shown(parent)}` : ''}`),
  run_resumed: ({ changed_settings: changed }) =>
    kept(`run resumed${(changed ?? []).map(({ key }) => `; ${shown(key)} changed`).join('')}`),
  run_finished: ({ status, exit_code: code, reason }) =>
    kept(`run finished: ${status} (exit code ${code})${because(reasonText(reason ?? null))}`),
  run_rewound: ({ number, checkpoint, kept }) =>
    told(
      `the run went back ${number === null ? 'to before the last undo' : `to checkpoint ${number}`} (${checkpoint.slice(0, 10)})${kept.length === 0 ? '' : `; kept as they are${pathsOf(kept)}`}`,
    ),
  worktree_created: ({ path, branch }) => kept(`work tree ${shown(path)}, branch ${shown(branch)}`),
  worktree_removed: ({ path }) => kept(`the work tree ${shown(path)} was removed`),
  merged: ({ into, commit }) => told(`merged into ${shown(into)} as ${shown(commit.slice(0, 10))}`),
  merge_conflict: ({ into, paths }) => told(`not merged into ${shown(into)}: both changed${pathsOf(paths)}`),
  auto_followup_scheduled: ({ followup_run_id: id, followup_depth: depth, auto_followup_max_depth: most }) =>
    told(`${shown(id)} will close the gaps (depth ${depth} of ${most})`, 'follow-up'),
  auto_followup_launched: ({ followup_run_id: id }) => kept(`follow-up launched: ${shown(id)}`),
  auto_followup_skipped: ({ reason }) => kept(`no follow-up: ${noFollowupText(reason)}`),
  checks_resolved: ({ checks }) =>
    checks.length === 0
      ? kept('no check is known')
      : told(
          `Checks: ${checks.map(({ name, run, origin }) => shown(`${name} (${commandText(run)}, ${origin})`)).join('; ')}`,
        ),
  check_started: ({ check, side }) => told(`Check ${check} runs on ${SIDES[side]}`),
  check_finished: (event) => {
    const { check, side, duration_ms: ms, cached, implausible } = event;
    const doubt = implausible === null ? '' : `; ${shown(implausible)}`;
    return told(
      `Check ${check} on ${SIDES[side]}: ${shownBy(event)}${cached ? ' (known)' : ` in ${duration(ms)}`}${doubt}`,
    );
  },
  checks_judged: ({ at, verdict, findings, more, checks }) => {
    if (at === 'base' || (verdict === 'passed' && checks === 0)) return null;
    if (verdict === 'passed') return told('Checks hold');
    const lines = findings.filter(({ gates }) => gates).map((finding) => `  ${shown(findingText(finding))}`);
    const rest = more > 0 ? [`  and ${more} more`] : [];
    return told(['Checks do not hold:', ...lines.slice(0, 10), ...rest].join('\n'), 'warning');
  },
  person_edited: ({ paths }) =>
    paths.length === 0 ? null : told(`counted as yours, as no agent was at work: ${paths.map(shown).join(', ')}`),
  change_accepted: ({ name }) => told(`accepted by a person: ${shown(name)}`),
  evidence_reported: ({ verified }) => kept(verified ? 'verified' : 'not verified'),
  limit_wait: ({ until, message }) =>
    kept(`waiting for a usage limit until ${timeText(shown(until))}: ${shown(message)}`),
  noticed: ({ kind, detail, paths }) => {
    const short = NOTICES.get(kind);
    const text = `${short ?? ''}${indented(detail)}${pathsOf(paths)}`;
    return { tone: 'warning', text, isLive: short === undefined };
  },
  checkpoint: ({ commit, subject }) => (!commit ? null : told(`Checkpoint ${commit.slice(0, 10)} ${shown(subject)}`)),
  edits_recovered: ({ commit, paths, files, end_seen: endSeen = true }) => {
    if (!commit) return null;
    const whose = endSeen ? '' : ' (after a kill, your own edits since then cannot be told from the agent’s)';
    const names = files === undefined ? ` (${paths} paths)` : pathsOf(files.length === 0 ? ['its artifacts'] : files);
    return told(`Checkpoint ${commit.slice(0, 10)} of recovered edits of the interrupted turn${whose}${names}`);
  },
  session_identified: () => null,
  turn_started: (event) =>
    kept(`${turnOf(event)} begins: turn ${event.turn}, ${shown(agentText(event.provider, event.model, event.agent))}`),
  phase_finished: (event) => {
    const { outcome, duration_ms: ms, usage } = event;
    const facts = [outcomeText(outcome), usageText(usage ?? UNKNOWN_USAGE)].filter((fact) => fact !== '').join('; ');
    const took = typeof ms !== 'number' ? '' : ` in ${duration(ms)}`;
    return told(`${turnOf(event)} finished${took}${facts === '' ? '' : `: ${facts}`}`);
  },
  turn_interrupted: (event) => kept(`${turnOf(event)} interrupted: ${spaced(event.reason)}${because(event.message)}`),
  verifier_edited: ({ paths }) => told(`the verifier edited files outside its artifacts${pathsOf(paths)}`, 'warning'),
  phase_output_empty: (event) => kept(`${turnOf(event)} said nothing`),
  question: (event) => told(`${turnOf(event)} asks${event.text ? `: ${shown(event.text)}` : ''}`),
  auto_answer_finished: ({ answer }) => told(`Answered automatically: ${shown(answer)}`),
  clarified: (event) => {
    const { question, answer, source } = event.clarification;
    return kept(
      `${question === null ? 'instruction' : 'answer'} (${source}, ${shown(saidBy(event))}): ${shown(answer)}`,
    );
  },
  pr_opened: ({ url }) => told(`pull request ${shown(url)}`),
  commanded: ({ kind, by }) =>
    told(`${shown(kind)} by ${by === 'batch' ? 'its batch' : `the operator (${shown(by)})`}`),
  approval_requested: () => told('The plan waits for approval'),
  approval_given: ({ verdict, text, by }) =>
    told(verdict === 'approved' ? `Plan approved (${shown(by)})` : `Plan sent back (${shown(by)})${because(text)}`),
  pair_started: ({ pair, phase_id: phase }) =>
    told(`===== Pair: ${PAIR_LABELS[pair]} =====${phase ? ` phase ${shown(phase)}` : ''}`, 'pair'),
  cycle_started: ({ pair, cycle, attempt }, maxCycles) => {
    const most = maxCycles === null ? '' : `/${maxCycles}`;
    return told(`--- ${pair} cycle ${cycle}${most} ---${attempt > 1 ? ` (attempt ${attempt})` : ''}`, 'cycle');
  },
  missing_promise_default: ({ pair }) => kept(`${pair} verifier promised nothing: INCOMPLETE`),
  pair_completed: ({ pair, cycle }) => told(`${pair} complete (cycle ${cycle})`),
  blocked: ({ pair, cycle, reason }) => told(`${pair} (cycle ${cycle})${because(reason)}`, 'blocked'),
  pair_failed: ({ pair, reason }) => told(`${pair}${because(spaced(reason))}`, 'failed'),
  phase_scope_resolved: ({ phase_ids: ids }) => told(`Phases: ${ids.map(shown).join(', ')}`),
  phase_started: phaseMoved('started'),
  phase_deferred: phaseMoved('deferred'),
  phase_completed: phaseMoved('completed'),
  phase_blocked: phaseMoved('blocked'),
  audit_result_invalid: ({ error }) => told(`audit_result.json cannot be used: ${shown(error)}`, 'failed'),
  audit_clean: ({ summary }) => told(`Audit: no material gap. ${shown(summary)}`),
  audit_gaps_found: ({ summary }) => told(`Audit: gaps found. ${shown(summary)}`),
};

/** In front of notices that are a fact in short. They are for the log alone: the end of the run or a commit tells of them. */
const NOTICES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    agent_committed: 'the agent made commits of its own: ',
    branch_switched: 'the agent switched branches: ',
    safety_snapshot: 'what you had not committed is kept as ',
  }),
);

/** What a check has shown: its tests, or its end where it tells of none. */
function shownBy({ counts: { passed, failed, skipped }, exit_code: code, ending }: EventOf<'check_finished'>): string {
  const outcomes = [`${passed} passed`, `${failed} failed`, `${skipped} skipped`].filter(
    (text) => !text.startsWith('0 '),
  );
  if (outcomes.length > 0) return outcomes.join(', ');
  return `${ending === 'exited' && code !== null ? `exit code ${code}` : spaced(ending)}, no tests reported`;
}

function phaseMoved(how: string): (event: { readonly phase_id: string }) => Sentence {
  return ({ phase_id: id }) => kept(`phase ${shown(id)} ${how}`);
}

function turnOf({ pair, phase, cycle }: { pair: string; phase: string; cycle: number }): string {
  return `${pair} ${phase} (cycle ${cycle})`;
}

function outcomeText(outcome: Outcome | null | undefined): string {
  switch (outcome?.kind) {
    case undefined:
      return '';
    case 'verdict':
      return `${outcome.verdict}${outcome.reason === 'promised' ? '' : ` (${spaced(outcome.reason)})`}`;
    case 'produced':
      return outcome.changed ? 'changed files' : 'changed nothing';
    case 'unreadable':
      return `loop control cannot be read: ${shown(outcome.error)}`;
    case 'question':
    case 'empty':
      return outcome.kind;
  }
}

/** Other implementations leave fields out that ours always has: what a log does not say is not said. */
type Said = string | null | undefined;

function pathsOf(given: readonly string[] | null | undefined): string {
  const paths = given ?? [];
  return paths.length === 0 ? '' : `: ${listed(paths.map(shown), 8)}`;
}

function because(reason: Said): string {
  return reason ? `: ${indented(reason)}` : '';
}

function indented(text: Said): string {
  return screenText(text ?? '')
    .trimEnd()
    .replaceAll('\n', '\n    ');
}

function spaced(text: Said): string {
  return (text ?? '').replaceAll('_', ' ');
}

function shown(text: Said): string {
  return screenLine(text ?? '', 400);
}
