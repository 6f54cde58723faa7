import type { FailureClass } from '../../run/agent-port.ts';
import type { Verdict } from '../failure.ts';
import { shorten } from '../failure.ts';
import type { JsonObject } from '../json.ts';
import { objectOf, textOf } from '../json.ts';
import { resetTime, retryAfter, saysLimit, statedWait } from '../limits.ts';
import type { Refused } from './conversation.ts';
import { ownValue } from '../../core/own-value.ts';

/** What is known of the agent that refused. */
export interface RefusingAgent {
  readonly program: string;
  /** What logs in. */
  readonly login: string;
  /** Its own words for a session that it does not know. */
  readonly unknownSession: RegExp | null;
}

interface Seen {
  readonly code: number;
  readonly status: number | null;
  /** The error's message and the details beside it: all that is searched for words. */
  readonly words: string;
}

interface Rule {
  readonly class: FailureClass;
  readonly applies: (seen: Seen) => boolean;
  readonly hint: (agent: RefusingAgent) => string | null;
}

const AUTH_REQUIRED = -32000;
const NOT_FOUND = -32002;

/** In their order: the protocol's codes and the fields of `data` before words, and limits before other refusals. */
const RULES: readonly Rule[] = [
  {
    class: 'auth',
    applies: ({ code, status }) => code === AUTH_REQUIRED || status === 401 || status === 403,
    hint: ({ login }) => `Log in: ${login}.`,
  },
  {
    class: 'limit',
    applies: ({ status, words }) => status === 402 || saysLimit(words) || /\binsufficient_quota\b/i.test(words),
    hint: () => 'Resume after the reset, or let the run wait for it with provider.max_wait_minutes.',
  },
  {
    class: 'transient',
    applies: ({ status, words }) =>
      (status !== null && (status === 408 || status === 429 || status >= 500)) ||
      /\b(?:too many requests|rate limit|overloaded|at capacity|high demand|timed? ?out|connection (?:failed|refused|reset|error)|ECONN\w+|ETIMEDOUT|fetch failed|service unavailable)\b/i.test(
        words,
      ),
    hint: () => 'The service was busy or out of reach: resume later.',
  },
  {
    class: 'context_full',
    applies: ({ status, words }) =>
      status === 413 ||
      /\bcontext_length_exceeded\b|\bprompt is too long\b|\bcontext (?:window|length)\b|\btoo many tokens\b/i.test(
        words,
      ),
    hint: () => null,
  },
  {
    class: 'bad_model',
    applies: ({ words }) =>
      /\bmodel_not_found\b|\bmodel\b.{0,80}\b(?:does not exist|not found|is not supported|unknown)\b|\bunknown model\b/i.test(
        words,
      ),
    hint: ({ program }) => `Set provider.acp.model to a model that ${program} may use, or remove it.`,
  },
  {
    class: 'auth',
    applies: ({ words }) =>
      /\b(?:not logged in|unauthori[sz]ed|authentication (?:required|failed)|(?:invalid|incorrect|missing) api key|api key not valid)\b/i.test(
        words,
      ),
    hint: ({ login }) => `Log in: ${login}.`,
  },
];

/** What an error means that the agent answered a request with. `now` dates the times of day in its words. */
export function classifyRefusal(refused: Refused, agent: RefusingAgent, now: Date): Verdict {
  const data = objectOf(refused.data) ?? {};
  // What else it carries may quote anything.
  const details = textOf(data['details']);
  const words = details === null ? refused.message : `${refused.message}\n${details}`;
  const seen: Seen = { code: refused.code, status: statusIn(data) ?? statusSaid(words), words };
  const said = `${agent.program}: ${shorten(words)}`;
  if (isUnknownSession(refused, agent, words)) return { class: 'unknown_session', message: said, hint: null };
  const rule = RULES.find((each) => each.applies(seen));
  if (rule === undefined) {
    return { class: 'other', message: `${agent.program} refused ${refused.method}: ${shorten(words)}`, hint: null };
  }
  const waits = rule.class === 'transient' || rule.class === 'limit';
  return {
    class: rule.class,
    message: said,
    hint: rule.hint(agent),
    retryAfterMs: waits ? (waitIn(data, now) ?? statedWait(words, now)) : null,
    resetsAt: rule.class === 'limit' ? resetTime(words, now) : null,
  };
}

function isUnknownSession({ method, code }: Refused, { unknownSession }: RefusingAgent, words: string): boolean {
  if (method !== 'session/load' && method !== 'session/resume') return false;
  return code === NOT_FOUND || unknownSession?.test(words) === true;
}

/** The HTTP status of the refused request, where the agent hands it on. */
function statusIn(data: JsonObject): number | null {
  const places = [data, objectOf(data['error']), objectOf(data['cause']), objectOf(data['response'])];
  for (const place of places) {
    for (const name of ['status', 'statusCode', 'status_code', 'httpStatus', 'code']) {
      const status = Number(ownValue(place, name) ?? Number.NaN);
      if (Number.isInteger(status) && status >= 400 && status < 600) return status;
    }
  }
  return null;
}

function statusSaid(words: string): number | null {
  const said = /(?:^|\n|: )([45]\d{2}) \D|\b(?:status(?: code)?|HTTP(?:\/[\d.]+)?|error code):? ([45]\d{2})\b/i.exec(
    words,
  );
  return said === null ? null : Number(said[1] ?? said[2]);
}

/** A wait that a field states: seconds or a date, as in HTTP, or milliseconds where its name says so. */
function waitIn(data: JsonObject, now: Date): number | null {
  for (const place of [data, objectOf(data['headers']), objectOf(data['error'])]) {
    for (const [name, value] of Object.entries(place ?? {})) {
      const plain = name.toLowerCase().replace(/[-_]/g, '');
      if (plain !== 'retryafter' && plain !== 'retryafterms' && plain !== 'retryafterseconds') continue;
      const given = typeof value === 'number' ? String(value) : textOf(value);
      const wait = given === null ? null : retryAfter(given, now);
      if (wait !== null) return plain === 'retryafterms' ? Math.round(wait / 1000) : wait;
    }
  }
  return null;
}
