import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { Problem } from '../core/problem.ts';
import { pageApp } from './app.ts';
import { addressOf, type Gate, namesOf, refusalOf, type Refusal, SECURITY_HEADERS } from './gate.ts';
import { PAGE } from './page-assets.ts';
import type { Watched } from './watched.ts';

/** Of all who connect: what they hold open must leave room for the files that are read for them. */
const MOST_CONNECTIONS = 256;
/** Of those that were let in: what is found out for them is in memory until it is read. */
const MOST_UNDER_WAY = 128;
/** Whoever sends or takes nothing for so long is let go; feeds see to that themselves. */
const IDLE_MS = 5 * 60_000;
const LIMITS = { maxHeaderSize: 16_384, headersTimeout: 10_000, requestTimeout: 30_000 };

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
  const { host, allowedHosts, token, isReadOnly } = options;
  const openPaths = new Set(PAGE.map(({ path }) => path));
  let gate: Gate = { token, isReadOnly, openPaths, hosts: new Set() };
  const listener = getRequestListener(pageApp(watched).fetch, { overrideGlobalObjects: false });
  let underWay = 0;
  const server = createServer(
    // A request without Host is refused by the gate, in its own words.
    { requireHostHeader: false, connectionsCheckingInterval: 5_000, ...LIMITS },
    (request, response) => {
      for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.setHeader(name, value);
      const { method = '', url: target = '', headers, headersDistinct } = request;
      const hosts = headersDistinct['host']?.length ?? 0;
      const refusal = refusalOf({ method, target, headers, hosts }, gate) ?? (underWay < MOST_UNDER_WAY ? null : BUSY);
      if (refusal === null) {
        underWay += 1;
        response.once('close', () => (underWay -= 1));
        void listener(request, response);
      } else answerRefusal(request, response, refusal);
    },
  );
  server.maxConnections = MOST_CONNECTIONS;
  server.setTimeout(IDLE_MS);
  await listening(server, options);
  const { port } = server.address() as AddressInfo;
  const listens = { host, port, allowedHosts };
  gate = { ...gate, hosts: namesOf(listens) };
  return {
    url: `${addressOf(listens)}#token=${token}`,
    close: () =>
      new Promise((resolve) => {
        watched.close();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const BUSY: Refusal = { status: 503, error: 'Too much is asked for at once. Try again in a moment.' };

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
