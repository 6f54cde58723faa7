import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { Problem } from '../core/problem.ts';
import { pageApp } from './app.ts';
import { addressOf, type Gate, namesOf, refusalOf, type Refusal, SECURITY_HEADERS } from './gate.ts';
import { PAGE } from './page-assets.ts';
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
  const { host, allowedHosts, token, isReadOnly } = options;
  const openPaths = new Set(PAGE.map(({ path }) => path));
  let gate: Gate = { token, isReadOnly, openPaths, hosts: new Set() };
  const listener = getRequestListener(pageApp(watched).fetch, { overrideGlobalObjects: false });
  const server = createServer(
    // A request without Host is refused by the gate, in its own words.
    { requireHostHeader: false, maxHeaderSize: 16_384, headersTimeout: 10_000, requestTimeout: 30_000 },
    (request, response) => {
      for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.setHeader(name, value);
      const { method = '', url: target = '', headers } = request;
      const refusal = refusalOf({ method, target, headers }, gate);
      if (refusal === null) void listener(request, response);
      else answerRefusal(request, response, refusal);
    },
  );
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
