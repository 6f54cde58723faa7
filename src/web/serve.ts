import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { Problem } from '../core/problem.ts';
import { pageApp } from './app.ts';
import { type Gate, refuseStranger, refuseUnknown, type Refusal, SECURITY_HEADERS } from './gate.ts';
import type { Watched } from './watched.ts';

export interface ServeOptions {
  /** 0: a free one. */
  readonly port: number;
  readonly host: string;
  /** Names under which a proxy or tunnel reaches the server, with or without a port. */
  readonly allowedHosts: readonly string[];
  readonly token: string;
  readonly isReadOnly: boolean;
}

export interface PageServer {
  /** With the token in the fragment. */
  readonly url: string;
  close(): Promise<void>;
}

/** Serves the page until it is closed. Rejects with a Problem when the port is taken or the host is none of this machine. */
export async function servePage(watched: Watched, options: ServeOptions): Promise<PageServer> {
  const hosts = new Set(options.allowedHosts.map((name) => name.toLowerCase()));
  const gate: Gate = { token: options.token, hosts, isReadOnly: options.isReadOnly };
  const listener = getRequestListener(pageApp(watched).fetch, { overrideGlobalObjects: false });
  const server = createServer(
    // A request without Host is refused by the gate, in its own words.
    { requireHostHeader: false, maxHeaderSize: 16_384, headersTimeout: 10_000, requestTimeout: 30_000 },
    (request, response) => {
      for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.setHeader(name, value);
      const refusal = refusalOf(request, gate);
      if (refusal === null) void listener(request, response);
      else answerRefusal(request, response, refusal);
    },
  );
  await listening(server, options);
  const { port } = server.address() as AddressInfo;
  const own = options.host.includes(':') ? `[${options.host}]` : options.host;
  for (const name of ['127.0.0.1', 'localhost', '[::1]', own]) hosts.add(`${name}:${String(port)}`.toLowerCase());
  return {
    url: `http://${own}:${String(port)}/#token=${options.token}`,
    close: () =>
      new Promise((resolve) => {
        watched.close();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** The document and its assets tell nothing, and need no token: it is in their address's fragment. */
function refusalOf(request: IncomingMessage, gate: Gate): Refusal | null {
  const method = request.method ?? '';
  const stranger = refuseStranger(method, request.headers, gate);
  if (stranger !== null) return stranger;
  if (method === 'OPTIONS') return { status: 403, error: 'GET or POST.' };
  const isApi = /^\/api(?:\/|\?|$)/.test(request.url ?? '');
  return isApi || method !== 'GET' ? refuseUnknown(method, request.headers, gate) : null;
}

function answerRefusal(request: IncomingMessage, response: ServerResponse, { status, error }: Refusal): void {
  request.resume();
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', connection: 'close' });
  response.end(JSON.stringify({ version: 1, error }));
}

async function listening(server: Server, { port, host }: ServeOptions): Promise<void> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, host, resolve);
    });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE') {
      throw new Problem(
        'state',
        `port ${String(port)} of ${host} is taken`,
        'Give another --port, or 0 for a free one.',
      );
    }
    if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND' || code === 'EACCES' || code === 'EAI_AGAIN') {
      throw new Problem('state', `--host ${host} --port ${String(port)} cannot be listened on: ${code}`);
    }
    throw error;
  }
}
