import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** Who may talk to the page's server (docs/watch.md, "Who gets in"). */
export interface Gate {
  readonly token: string;
  /** `host` or `host:port`, in lower case, as the Host header says it. */
  readonly hosts: ReadonlySet<string>;
  readonly isReadOnly: boolean;
  /** Paths of the document and its assets: they tell nothing, and need no token, which is in their address's fragment. */
  readonly openPaths: ReadonlySet<string>;
}

/** Where a server listens, and the names that its operator allowed. */
export interface Listening {
  readonly host: string;
  readonly port: number;
  /** Names under which a proxy or tunnel reaches the server, with or without a port. */
  readonly allowedHosts: readonly string[];
}

export const LOOPBACK: readonly string[] = ['127.0.0.1', 'localhost', '::1'];

/** What Host may say, in lower case. Browsers leave out the port of http; nobody else's name is taken for granted. */
export function namesOf({ host, port, allowedHosts }: Listening): ReadonlySet<string> {
  const allowed = allowedHosts.map((name) => name.toLowerCase());
  const isDirect = !LOOPBACK.includes(host);
  const plain = [...LOOPBACK.map(inHost), ...(isDirect ? allowed.filter((name) => !/:\d+$/.test(name)) : [])];
  return new Set([...allowed, ...plain.map((name) => `${name}:${port}`), ...(port === 80 ? plain : [])]);
}

/** The address that a browser is given: by the first allowed name where this machine's own would not lead here. */
export function addressOf({ host, port, allowedHosts: [first] }: Listening): string {
  if (LOOPBACK.includes(host) || first === undefined) return `http://${inHost(host)}:${port}/`;
  return `http://${/:\d+$/.test(first) ? first : `${first}:${port}`}/`;
}

function inHost(name: string): string {
  return name.includes(':') ? `[${name}]` : name;
}

export interface Refusal {
  readonly status: 401 | 403 | 415 | 421 | 503;
  readonly error: string;
}

/** What is looked at of a request, as it came: what a router makes of its target may be another path. */
export interface Knock {
  readonly method: string;
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
  /** How often it says Host: of two, whoever passed it on may have gone by the other one. */
  readonly hosts: number;
}

const ANOTHER_NAME: Refusal = {
  status: 421,
  error: 'This name is not served here. `autoloop serve --allowed-host NAME` allows one.',
};

/** Why a request is not let in, before any route; null: it is. */
export function refusalOf({ method, target, headers, hosts }: Knock, gate: Gate): Refusal | null {
  const stranger = hosts > 1 ? ANOTHER_NAME : refuseStranger(method, headers, gate);
  if (stranger !== null) return stranger;
  const [path = ''] = target.split('?');
  return method === 'GET' && gate.openPaths.has(path) ? null : refuseUnknown(method, headers, gate);
}

/**
 * A name that is not ours in Host is how DNS rebinding looks from here; another Origin, or another site, is a page that has no
 * business with us.
 */
function refuseStranger(method: string, headers: IncomingHttpHeaders, { hosts }: Gate): Refusal | null {
  const host = headers.host?.toLowerCase() ?? '';
  if (!hosts.has(host)) return ANOTHER_NAME;
  const { origin } = headers;
  if (origin !== undefined && originHost(origin) !== host) return { status: 403, error: 'Another origin.' };
  const site = headers['sec-fetch-site'];
  const isVisit = method === 'GET' && headers['sec-fetch-mode'] === 'navigate';
  if ((site === 'cross-site' || site === 'same-site') && !isVisit) return { status: 403, error: 'Another site.' };
  return null;
}

/** For all that tells or changes something. The token comes in a header that the page of another site cannot send. */
function refuseUnknown(method: string, headers: IncomingHttpHeaders, gate: Gate): Refusal | null {
  if (method !== 'GET' && method !== 'POST') return { status: 403, error: 'GET or POST.' };
  const given = /^Bearer (\S{1,400})$/.exec(headers.authorization ?? '')?.[1] ?? '';
  if (!isEqual(given, gate.token)) {
    return { status: 401, error: 'The token is missing or wrong. Open the address that `autoloop serve` printed.' };
  }
  if (method !== 'POST') return null;
  if (gate.isReadOnly) return { status: 403, error: 'This server only shows: it was started with --read-only.' };
  const type = headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  return type === 'application/json' ? null : { status: 415, error: 'Send application/json.' };
}

/** The Host that an Origin belongs to; null for what is none: the `null` of a sandboxed page, an address with more than an origin. */
function originHost(origin: string): string | null {
  if (!URL.canParse(origin)) return null;
  const { protocol, host, origin: whole } = new URL(origin);
  return (protocol === 'http:' || protocol === 'https:') && whole === origin.toLowerCase() ? host : null;
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
