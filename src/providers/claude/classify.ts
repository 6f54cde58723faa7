import type { FailureClass } from '../../run/agent-port.ts';
import type { Verdict } from '../failure.ts';
import { howItEnded, shorten, wasSignalled } from '../failure.ts';
import type { JsonObject } from '../json.ts';
import { countOf, listOf, textOf } from '../json.ts';
import { ownValue } from '../../core/own-value.ts';
import { resetTime, saysLimit, statedWait } from '../limits.ts';

/** `rate_limit_event` of stream-json. */
export interface LimitEvent {
  readonly rejected: boolean;
  readonly resetsAt: Date | null;
}

export interface ClaudeFailure {
  readonly result: JsonObject | null;
  /** Requests that claude began anew; null when its output does not tell. */
  readonly retries: number | null;
  /** What claude's output said of the account's limits last; null when it said nothing. */
  readonly limitEvent: LimitEvent | null;
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly stderr: string;
}

interface Seen extends ClaudeFailure {
  readonly status: number | null;
  /** `api_error`, `api_error_type`, `terminal_reason`, `subtype`: whatever names the failure. */
  readonly names: readonly string[];
  /** claude's own words, never the model's. */
  readonly words: string;
}

interface Rule {
  readonly class: FailureClass;
  readonly applies: (seen: Seen) => boolean;
  readonly hint: string | null;
}

/** claude's own retries of a rate limit take some three minutes, whatever else the machine does; a refusal takes seconds. */
const RETRIES_TAKE_MS = 90_000;

/** The table of providers.md, "What a failure is", in its order; message texts are those of Claude Code 2.1.330. */
const RULES: readonly Rule[] = [
  {
    class: 'configuration',
    applies: (seen) =>
      seen.result === null &&
      seen.exitCode === 1 &&
      /^error:|cannot be used with root/im.test(seen.stderr) &&
      !SESSION_WORDS.test(seen.stderr),
    hint: 'Check the provider.claude settings against this version of claude; `autoloop doctor` shows both.',
  },
  {
    class: 'unknown_session',
    applies: says(/No conversation found with session ID|requires a valid session ID/i),
    hint: null,
  },
  {
    class: 'transient',
    applies: says(/Session ID \S+ is already in use/i),
    hint: 'Another claude is at work in this session: end it, then resume.',
  },
  {
    class: 'auth',
    applies: (seen) =>
      has(seen, [401, 403]) ||
      named(seen, /^(authentication|permission)_(error|failed)$/) ||
      /^(Not logged in|Invalid API key|Failed to authenticate)/im.test(seen.words),
    hint: 'Log in with `claude auth login`, or set a valid ANTHROPIC_API_KEY.',
  },
  {
    class: 'limit',
    applies: (seen) =>
      named(seen, /^usage_limit_reached$/) ||
      seen.limitEvent?.rejected === true ||
      (seen.status === 429 && seen.retries === 0) ||
      saysLimit(seen.words) ||
      (seen.status === 429 && seen.retries === null && refusedAtOnce(seen)),
    hint: 'Resume after the reset, or let the run wait for it with provider.max_wait_minutes.',
  },
  {
    class: 'transient',
    applies: (seen) =>
      has(seen, [408, 429, 500, 502, 503, 504, 529]) ||
      named(seen, /^(connection_failed|overloaded(_error)?|rate_limit(_error)?|server_error|timeout)$/) ||
      /^(Request timed out|Server error mid-response|Repeated 529|API Error: (Connection|Repeated))/im.test(seen.words),
    hint: 'The service was busy or out of reach: resume later.',
  },
  {
    class: 'context_full',
    applies: (seen) => named(seen, /^(prompt_too_long|blocking_limit)$/) || /^Prompt is too long/im.test(seen.words),
    hint: null,
  },
  {
    class: 'bad_model',
    applies: (seen) => seen.status === 404 || /^There's an issue with the selected model/im.test(seen.words),
    hint: 'Set provider.claude.model (or the model of provider.roles) to one that your account may use.',
  },
  {
    class: 'interrupted',
    applies: (seen) => (seen.result === null ? wasSignalled(seen) || seen.exitCode === 0 : named(seen, /^aborted/)),
    hint: null,
  },
];

const SESSION_WORDS = /No conversation found|requires a valid session ID|is already in use/i;

/** What a failed turn of claude was. `now` dates the times of day in its words. */
export function classifyClaude(failure: ClaudeFailure, now: Date): Verdict {
  const seen = look(failure);
  const rule = RULES.find((each) => each.applies(seen));
  const words = shorten(seen.words);
  const said = words === '' ? `claude ${howItEnded(failure)}${describe(seen)}` : words;
  if (rule === undefined) {
    return { class: 'other', message: words === '' ? said : `claude ${howItEnded(failure)}: ${words}`, hint: null };
  }
  return {
    class: rule.class,
    message: said,
    hint: rule.hint,
    retryAfterMs: rule.class === 'transient' || rule.class === 'limit' ? statedWait(seen.words, now) : null,
    resetsAt: rule.class === 'limit' ? (seen.limitEvent?.resetsAt ?? resetTime(seen.words, now)) : null,
  };
}

function look(failure: ClaudeFailure): Seen {
  const result = failure.result ?? {};
  const names = ['api_error', 'api_error_type', 'terminal_reason', 'subtype', 'stop_reason'].map((key) =>
    textOf(ownValue(result, key)),
  );
  const errors = listOf(result['errors']).map(textOf);
  const own = [modelSpoke(result) ? null : textOf(result['result']), ...errors, failure.stderr];
  return {
    ...failure,
    status: countOf(result['api_error_status']),
    names: names.filter((name) => name !== null),
    words: own.filter((text) => text !== null && text.trim() !== '').join('\n'),
  };
}

/** Whether `result` holds what the model said before its answer was cut off, instead of a message of claude's. */
function modelSpoke(result: JsonObject): boolean {
  return (
    result['is_error'] !== true ||
    result['stop_reason'] === 'refusal' ||
    result['api_error'] === 'max_output_tokens' ||
    /^(error_max_|error_during_)/.test(textOf(result['subtype']) ?? '')
  );
}

/** `json` does not tell of retries: claude's own measure of the time that it took has to. */
function refusedAtOnce(seen: Seen): boolean {
  const took = countOf(seen.result?.['duration_ms']);
  return took !== null && took < RETRIES_TAKE_MS;
}

function describe(seen: Seen): string {
  const name = seen.names.find((each) => each !== 'success');
  if (seen.result === null) return ' without a result';
  return name === undefined ? ' with an error that it does not explain' : ` with ${name}`;
}

function says(words: RegExp): Rule['applies'] {
  return (seen) => words.test(seen.words);
}

function has(seen: Seen, statuses: readonly number[]): boolean {
  return seen.status !== null && statuses.includes(seen.status);
}

function named(seen: Seen, name: RegExp): boolean {
  return seen.names.some((each) => name.test(each));
}
