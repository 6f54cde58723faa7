import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** Who may talk to the page's server (docs/watch.md, "Who gets in"). */
export interface Gate {
  readonly token: string;
  /** `host` or `host:port`, in lower case, as the Host header says it. */
  readonly hosts: ReadonlySet<string>;
  readonly isReadOnly: boolean;
}

export interface Refusal {
  readonly status: 401 | 403 | 415 | 421;
  readonly error: string;
}

/**
 * For every request, before any route. A name that is not ours in Host is how DNS rebinding looks from here; another Origin, or
 * another site, is a page that has no business with us.
 */
export function refuseStranger(method: string, headers: IncomingHttpHeaders, { hosts }: Gate): Refusal | null {
  const host = headers.host?.toLowerCase() ?? '';
  if (!hosts.has(host)) {
    return { status: 421, error: 'This name is not served here. `autoloop serve --allowed-host NAME` allows one.' };
  }
  const { origin } = headers;
  if (origin !== undefined && originHost(origin) !== host) return { status: 403, error: 'Another origin.' };
  const site = headers['sec-fetch-site'];
  const isVisit = method === 'GET' && headers['sec-fetch-mode'] === 'navigate';
  if ((site === 'cross-site' || site === 'same-site') && !isVisit) return { status: 403, error: 'Another site.' };
  return null;
}

/** For all that tells or changes something. The token comes in a header that the page of another site cannot send. */
export function refuseUnknown(method: string, headers: IncomingHttpHeaders, gate: Gate): Refusal | null {
  if (method !== 'GET' && method !== 'HEAD' && method !== 'POST') return { status: 403, error: 'GET or POST.' };
  const given = /^Bearer (\S{1,400})$/.exec(headers.authorization ?? '')?.[1] ?? '';
  if (!isEqual(given, gate.token)) {
    return { status: 401, error: 'The token is missing or wrong. Open the address that `autoloop serve` printed.' };
  }
  if (method !== 'POST') return null;
  if (gate.isReadOnly) return { status: 403, error: 'This server only shows: it was started with --read-only.' };
  const type = headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  return type === 'application/json' ? null : { status: 415, error: 'Send application/json.' };
}

/** The Host that an Origin belongs to; null for what is none, like the `null` of a sandboxed page. */
function originHost(origin: string): string | null {
  if (!URL.canParse(origin)) return null;
  const { protocol, host } = new URL(origin);
  return protocol === 'http:' || protocol === 'https:' ? host : null;
}

/** In a time that says nothing about where two texts differ, nor how long either is. */
function isEqual(a: string, b: string): boolean {
  const [left, right] = [a, b].map((text) => createHash('sha256').update(text).digest()) as [Buffer, Buffer];
  return timingSafeEqual(left, right);
}

export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "connect-src 'self'",
    "img-src 'self' data:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; '),
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
};
