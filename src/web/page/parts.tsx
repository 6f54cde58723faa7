import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Liveness } from './connection.ts';
import { agoText, dateText, wordText } from './format.ts';
import type { Need } from './need.ts';
import { ownValue } from '../../core/own-value.ts';

/** How much a status asks of a person: its sign and colour. A word always stands beside them. */
type Tone = 'good' | 'work' | 'again' | 'ask' | 'bad' | 'quiet';

const TONES: Readonly<Record<string, Tone>> = {
  running: 'work',
  starting: 'work',
  success: 'good',
  complete: 'good',
  completed: 'good',
  paused: 'ask',
  question: 'ask',
  needs_followup: 'ask',
  unverified: 'ask',
  incomplete: 'again',
  interrupted: 'ask',
  blocked: 'bad',
  failed: 'bad',
  fatal_error: 'bad',
  crashed: 'bad',
  unreadable: 'bad',
};

const SIGNS: Readonly<Record<Tone, string>> = { good: '✓', work: '▸', again: '↻', ask: '?', bad: '!', quiet: '·' };

export function toneOf(word: string): Tone {
  return ownValue(TONES, word) ?? 'quiet';
}

/** A status as a word with its sign. */
export function Badge({ word, tone = toneOf(word) }: { word: string; tone?: Tone }) {
  return (
    <span class={`badge ${tone}`}>
      <span aria-hidden="true">{SIGNS[tone]}</span> {wordText(word)}
    </span>
  );
}

/** What became of a turn; null: nothing yet. */
export function OutcomeBadge({ outcome, isWorking }: { outcome: string | null; isWorking: boolean }) {
  if (outcome !== null) return <Badge word={outcome} />;
  return isWorking ? <Badge word="works" tone="work" /> : <Badge word="cut off" tone="ask" />;
}

/** A time, told as how long ago, that stays true while the page is open. */
export function Ago({ at }: { at: string }) {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 10_000);
    return () => clearInterval(timer);
  }, []);
  return (
    <time dateTime={at} title={dateText(at)}>
      {agoText(at, now)}
    </time>
  );
}

const WHY_NOT_LIVE: Readonly<Record<Exclude<Liveness, 'live'>, string>> = {
  connecting: 'connecting',
  lost: 'the server cannot be reached; trying again',
  refused: 'the server does not let this page in',
  elsewhere: 'shown in another window of this browser',
};

export function LiveMark({ liveness }: { liveness: Liveness }) {
  const isLive = liveness === 'live';
  const why = isLive ? 'live' : `not live: ${WHY_NOT_LIVE[liveness]}`;
  return (
    <span class={`livemark ${isLive ? 'on' : 'off'}`} role="status">
      <span class="dot" aria-hidden="true" />
      {why}
    </span>
  );
}

/** Whether a person is needed, told by words, a sign and a colour. */
export function NeedMark({ need: { isPerson, text } }: { need: Need }) {
  return (
    <p class={isPerson ? 'need person' : 'need'}>
      <span aria-hidden="true">{isPerson ? '?' : '✓'}</span> {text}
    </p>
  );
}

/** The head that stays in sight, with the way back. */
export function Head({ title, back, children }: { title: string; back?: string; children?: ComponentChildren }) {
  return (
    <header class="head">
      <div class="head-row">
        {back !== undefined && (
          <a class="back" href={back}>
            <span aria-hidden="true">‹</span> {back === '#/' ? 'Tasks' : 'Run'}
          </a>
        )}
        <h1 title={title}>{title}</h1>
        <div class="head-marks">{children}</div>
      </div>
    </header>
  );
}

export function Card({
  title,
  children,
  class: kind = '',
}: {
  title?: string;
  children: ComponentChildren;
  class?: string;
}) {
  return (
    <section class={`card ${kind}`} aria-label={title}>
      {title !== undefined && <h2>{title}</h2>}
      {children}
    </section>
  );
}

/** What stands in place of a page that cannot be shown. */
export function Trouble({ error }: { error: Error & { status?: number } }) {
  return (
    <Card class="bad">
      <p role="alert">
        {error.status === 401
          ? 'This page was opened without its token. Open the address that autoloop serve printed.'
          : error.message}
      </p>
    </Card>
  );
}

/** As long as a run takes an answer or a note. */
const MOST_CHARACTERS = 50_000;

interface Field {
  readonly label: string;
  /** Stands there until something is written. */
  readonly hint?: string;
  readonly rows: number;
  readonly text: string;
  readonly onText: (text: string) => void;
}

/** What a person writes to a run. */
export function TextField({ label, hint, rows, text, onText }: Field) {
  return (
    <textarea
      aria-label={label}
      placeholder={hint ?? ''}
      rows={rows}
      maxLength={MOST_CHARACTERS}
      value={text}
      onInput={(event) => onText(event.currentTarget.value)}
    />
  );
}
