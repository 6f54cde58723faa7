import type { FailureClass } from '../../run/agent-port.ts';
import type { Verdict } from '../failure.ts';
import { howItEnded, shorten, wasSignalled } from '../failure.ts';
import { objectOf, parseObject, textOf } from '../json.ts';
import { resetTime, saysLimit, statedWait } from '../limits.ts';
import type { CodexEvidence } from './outcome.ts';

export interface CodexFailure extends CodexEvidence {
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly stderr: string;
}

/** The failure as codex states it: in `turn.failed`, else on standard error. Never the agent's messages. */
interface Seen extends CodexFailure {
  readonly words: string;
  readonly status: number | null;
  readonly code: string | null;
}

interface Rule {
  readonly class: FailureClass;
  readonly applies: (seen: Seen) => boolean;
  readonly hint: string | null;
}

/** The table of providers.md, "What a failure is", in its order; message texts are those of codex 0.169.0. */
const RULES: readonly Rule[] = [
  {
    class: 'configuration',
    applies: (seen) =>
      seen.exitCode === 2 ||
      (seen.exitCode === 1 &&
        seen.silent &&
        /error loading config|not inside a trusted directory|no prompt provided/i.test(seen.words)),
    hint: 'Check the configuration of codex (config.toml) and the provider.codex settings; `autoloop doctor` shows both.',
  },
  { class: 'unknown_session', applies: says(/no rollout found for thread id/i), hint: null },
  {
    class: 'transient',
    applies: says(/already has an active writer/i),
    hint: 'Another codex is at work in this session: end it, then resume.',
  },
  {
    class: 'auth',
    applies: (seen) => has(seen, [401, 403]) || /missing environment variable|not logged in/i.test(seen.words),
    hint: 'Log in with `codex login`, or set the key that the configuration of codex names.',
  },
  {
    class: 'limit',
    applies: (seen) =>
      seen.code === 'insufficient_quota' ||
      seen.code === 'usage_limit_reached' ||
      saysLimit(seen.words) ||
      /unexpected status 429/i.test(seen.words),
    hint: 'Resume after the reset, or let the run wait for it with provider.max_wait_minutes.',
  },
  {
    class: 'transient',
    applies: (seen) =>
      has(seen, [408, 429, 500, 502, 503, 504, 529]) ||
      /at capacity|high demand|stream disconnected|connection failed|error sending request|rate limit|overloaded/i.test(
        seen.words,
      ),
    hint: 'The service was busy or out of reach: resume later.',
  },
  {
    class: 'context_full',
    applies: (seen) =>
      seen.code === 'context_length_exceeded' ||
      /ran out of room in the model.s context window|input_too_large|exceeds the maximum length/i.test(seen.words),
    hint: null,
  },
  {
    class: 'bad_model',
    applies: (seen) =>
      has(seen, [404]) ||
      seen.code === 'model_not_found' ||
      /\bmodel\b.*\b(does not exist|is not supported)/i.test(seen.words),
    hint: "Remove provider.codex.model to use codex's own default, or set it (or the model of provider.roles) to one that your account may use.",
  },
  {
    class: 'interrupted',
    applies: (seen) => !seen.terminal && (wasSignalled(seen) || !seen.silent || seen.exitCode === 0),
    hint: null,
  },
];

/** What a failed turn of codex was. `now` dates the times of day in its words. */
export function classifyCodex(failure: CodexFailure, now: Date): Verdict {
  const seen = look(failure);
  const rule = RULES.find((each) => each.applies(seen));
  const words = shorten(seen.words);
  const said =
    words === '' ? `codex ${howItEnded(failure)}${failure.terminal ? '' : ' before its turn was over'}` : words;
  if (rule === undefined) {
    return { class: 'other', message: words === '' ? said : `codex ${howItEnded(failure)}: ${words}`, hint: null };
  }
  return {
    class: rule.class,
    message: said,
    hint: rule.hint,
    retryAfterMs: rule.class === 'transient' || rule.class === 'limit' ? statedWait(seen.words, now) : null,
    resetsAt: rule.class === 'limit' ? resetTime(seen.words, now) : null,
  };
}

function look(failure: CodexFailure): Seen {
  const raw = failure.message ?? failure.stderr;
  // A refused request's body comes as it is: {"error":{"message","type","code"},"status"}, or {"detail"}.
  const body = parseObject(raw);
  const error = objectOf(body?.['error']);
  const status = /\bstatus:? (\d{3})\b/.exec(raw)?.[1];
  return {
    ...failure,
    words: textOf(error?.['message']) ?? textOf(body?.['detail']) ?? raw,
    status: typeof body?.['status'] === 'number' ? body['status'] : status === undefined ? null : Number(status),
    code: textOf(error?.['code']) ?? textOf(error?.['type']),
  };
}

function says(words: RegExp): Rule['applies'] {
  return (seen) => words.test(seen.words);
}

function has(seen: Seen, statuses: readonly number[]): boolean {
  return seen.status !== null && statuses.includes(seen.status);
}
