import type { NoticeTopic, NotifySettings } from './notify-settings.ts';
import type { RunEvent } from './events.ts';
import { redactTokens } from './redact.ts';
import { screenLine, screenText } from './screen.ts';

/** Whether anybody is told of this. */
export function isTold({ on, command, desktop, webhooks }: NotifySettings, topic: NoticeTopic): boolean {
  return on.includes(topic) && (command !== null || desktop || webhooks.length > 0);
}

/** What happened that a person should know of: `text` says it, `status` is how the run ended (null: it has not). */
export interface Happening {
  readonly topic: NoticeTopic;
  readonly seq: number;
  readonly text: string;
  readonly status: string | null;
}

/** What a run has asked and nobody has replied to, and whether a follow-up takes over from it. */
export interface NoticeState {
  readonly isAsking: boolean;
  readonly hasFollowup: boolean;
}

export const NOTHING_ASKED: NoticeState = { isAsking: false, hasFollowup: false };

/**
 * What an event means to a person who does not look, and what is known after it. A pause for what was asked is told by the question
 * alone, a run that hands over to a follow-up is no end, and whoever interrupts a run knows.
 */
export function happeningOf(
  before: NoticeState,
  event: RunEvent,
  { answersItself }: { readonly answersItself: boolean },
): { readonly after: NoticeState; readonly happening: Happening | null } {
  const { seq } = event;
  switch (event.event_type) {
    case 'question': {
      if (answersItself) return { after: before, happening: null };
      const happening: Happening = { topic: 'question', seq, text: event.text ?? '', status: null };
      return { after: { ...before, isAsking: true }, happening };
    }
    case 'approval_requested': {
      const text = 'The plan waits for your approval.';
      return { after: { ...before, isAsking: true }, happening: { topic: 'approval', seq, text, status: null } };
    }
    case 'clarified':
      return {
        after: event.clarification.question === null ? before : { ...before, isAsking: false },
        happening: null,
      };
    case 'approval_given':
      return { after: { ...before, isAsking: false }, happening: null };
    case 'auto_followup_scheduled':
      return { after: { ...before, hasFollowup: true }, happening: null };
    case 'run_finished':
      return { after: before, happening: endOf(before, event) };
    default:
      return { after: before, happening: null };
  }
}

function endOf(
  { isAsking, hasFollowup }: NoticeState,
  { seq, status, reason }: Extract<RunEvent, { event_type: 'run_finished' }>,
): Happening | null {
  const told = (topic: NoticeTopic, otherwise: string): Happening => ({
    topic,
    seq,
    text: reason ?? otherwise,
    status,
  });
  switch (status) {
    case 'success':
      return told('finished', 'Every pair is complete.');
    case 'needs_followup':
      return hasFollowup ? null : told('finished', 'The audit found gaps, and no further run was started.');
    case 'paused':
      return isAsking ? null : told('paused', 'The run waits.');
    case 'blocked':
      return told('blocked', 'An agent says that it is blocked.');
    case 'interrupted':
      return null;
    default:
      return told('failed', 'The run did not reach its end.');
  }
}

/** A notice as it is sent (docs/watch.md). */
export interface Notice {
  readonly version: 1;
  /** `RUN/SEQ`: the same for the same event, wherever it is sent. */
  readonly id: string;
  readonly kind: NoticeTopic | 'test';
  readonly title: string;
  readonly text: string;
  readonly workspace: string;
  readonly task_id: string;
  readonly run_id: string;
  readonly status: string | null;
  /** Whole as far as it fits; null: none is asked. */
  readonly question: string | null;
  readonly resume_command: string | null;
  /** Of the run on the page; null: nobody said where that is. */
  readonly url: string | null;
}

export interface NoticedRun {
  readonly workspace: string;
  readonly taskId: string;
  readonly runId: string;
  readonly resumeCommand: string;
  readonly pageUrl: string | null;
}

const MOST_CHARACTERS = 1_000;

const TITLES: Readonly<Record<NoticeTopic, string>> = {
  question: 'asks you something',
  approval: 'has a plan for you to approve',
  paused: 'is paused',
  blocked: 'is blocked',
  failed: 'has failed',
  crashed: 'has stopped without saying so',
  finished: 'has finished',
};

/** The notice of what happened: for a screen, redacted, and short. */
export function noticeOf({ topic, seq, text: said, status }: Happening, run: NoticedRun): Notice {
  const text = shortened(redactTokens(screenText(said)).trim());
  const { workspace, taskId, runId, resumeCommand, pageUrl } = run;
  return {
    version: 1,
    id: `${runId}/${seq}`,
    kind: topic,
    title: `Autoloop: ${screenLine(taskId, 60)} ${TITLES[topic]}`,
    text,
    workspace,
    task_id: taskId,
    run_id: runId,
    status,
    question: topic === 'question' ? text : null,
    resume_command: status === 'success' ? null : resumeCommand,
    url: pageUrl === null ? null : `${pageUrl.replace(/\/+$/, '')}/#/${runId}`,
  };
}

function shortened(text: string): string {
  const characters = Array.from(text.slice(0, 4 * MOST_CHARACTERS));
  return characters.length <= MOST_CHARACTERS ? text : `${characters.slice(0, MOST_CHARACTERS - 1).join('')}…`;
}
