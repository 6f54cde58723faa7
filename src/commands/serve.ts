import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { Problem } from '../core/problem.ts';
import { chooseRun } from '../inspect/run-view.ts';
import type { SeenWorkspace } from '../inspect/task-summary.ts';
import { sendAndGoOn } from '../steer/send-on.ts';
import type { CommandRequest } from '../web/documents.ts';
import { LOOPBACK } from '../web/gate.ts';
import { servePage } from '../web/serve.ts';
import { watchWorkspace } from '../web/workspace-watch.ts';
import { exitCodeOfStatus } from '../core/exit-codes.ts';
import type { StopRequest } from '../run/ports.ts';
import { seenFrom } from '../work/worktrees/home.ts';
import { openPage } from './open-page.ts';
import { listenForSignals } from '../terminal/signals.ts';

export interface ServeCommand {
  readonly workspace: string;
  readonly port: number;
  readonly host: string;
  readonly allowedHosts: readonly string[];
  readonly tokenFile: string | null;
  readonly isReadOnly: boolean;
  /** The page is shown in the user's browser, too. */
  readonly opens: boolean;
}

/** `autoloop serve`: the page, until a signal comes. Prints its address as the only line on standard output. */
export async function serve(options: ServeCommand): Promise<number> {
  const { workspace, host, allowedHosts, isReadOnly } = options;
  if (!LOOPBACK.includes(host)) {
    if (allowedHosts.length === 0) {
      throw new Problem('usage', `--host ${host} needs --allowed-host: the name under which browsers will ask for it`);
    }
    warn(`whoever reaches ${host} can read what is sent: there is no TLS here`);
  }
  const signals = listenForSignals(() => undefined);
  const token = options.tokenFile === null ? newToken() : await tokenIn(options.tokenFile);
  const seen = seenFrom(workspace);
  const command = (runId: string, request: CommandRequest) => commanded(seen, runId, request);
  const watched = watchWorkspace({ seen, isReadOnly, command });
  const { port } = options;
  const server = await servePage(watched, { port, host, allowedHosts, token, isReadOnly });
  process.stdout.write(`${server.url}\n`);
  const close = options.opens ? openPage(workspace, server.url, warn) : () => undefined;
  if (!signals.stop.aborted) {
    await new Promise<void>((resolve) => signals.stop.addEventListener('abort', () => resolve()));
  }
  close();
  await server.close();
  return exitCodeOfStatus('interrupted', (signals.stop.reason as StopRequest).signal);
}

function warn(text: string): void {
  process.stderr.write(`[!] WARNING: ${text}\n`);
}

async function commanded({ homeOf }: SeenWorkspace, runId: string, { kind, text, for: seen }: CommandRequest) {
  const workspace = homeOf(runId);
  const run = await chooseRun({ workspace, taskId: null, runId });
  const { id, text: said } = await sendAndGoOn(workspace, run, {
    kind,
    text: text ?? null,
    for: seen ?? null,
    by: 'page',
  });
  return { version: 1 as const, id, text: said };
}

function newToken(): string {
  return randomBytes(32).toString('base64url');
}

/** The token of a file, which is made when it is not there. Rejects with a Problem when others could read it. */
async function tokenIn(file: string): Promise<string> {
  const { O_RDWR, O_CREAT, O_NOFOLLOW } = constants;
  const handle = await open(file, O_RDWR | O_CREAT | O_NOFOLLOW, 0o600).catch((error: unknown) => {
    throw new Problem('usage', `--token-file ${file}: ${(error as Error).message}`);
  });
  try {
    const { mode, size } = await handle.stat();
    if ((mode & 0o077) !== 0)
      throw new Problem('usage', `--token-file ${file} can be read by others`, `chmod 600 ${file}`);
    if (size === 0) {
      const token = newToken();
      await handle.write(`${token}\n`);
      return token;
    }
    const token = (await handle.readFile('utf8')).trim();
    if (/^[\w-]{32,400}$/.test(token)) return token;
    throw new Problem('usage', `--token-file ${file}: a line of 32 to 400 letters, digits, - and _ is accepted`);
  } finally {
    await handle.close();
  }
}
