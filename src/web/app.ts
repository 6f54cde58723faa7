import { Hono, type Context } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { ORDER_KINDS } from '../core/command.ts';
import { Problem } from '../core/problem.ts';
import type { CommandRequest, Place, RunMessage, TasksMessage } from './documents.ts';
import { eventStream } from './event-stream.ts';
import { Feeds } from './feeds.ts';
import { PAGE } from './page-assets.ts';
import { shown } from './shown.ts';
import type { Watched, WatchedRun } from './watched.ts';

const MOST_BODY_BYTES = 128 * 1024;
const NO_COMMAND = `An object is accepted: {"kind": …, "text"?: …, "for"?: …}; kinds are ${ORDER_KINDS.join(', ')}.`;
const TOO_MANY_FEEDS = 'Too many pages are open. Close some: this one goes on by itself.';

/** The routes of the page and its API, behind the gate. Answers are documents of documents.ts. */
export function pageApp(watched: Watched): Hono {
  const app = new Hono();
  const feeds = new Feeds();
  for (const { path, type, text } of PAGE) {
    app.get(path, (context) => context.body(text, 200, { 'content-type': `${type}; charset=utf-8` }));
  }
  app.get('/api/tasks', async (context) => context.json(shown(await watched.tasks())));
  app.get('/api/feed', (context) => tasksFeed(context, watched, feeds));
  addRun(app, watched, feeds);
  app.post(
    '/api/runs/:run/commands',
    bodyLimit({ maxSize: MOST_BODY_BYTES, onError: (context) => refuse(context, 413, 'At most 128 KiB.') }),
    async (context) => {
      const request = await commandIn(context);
      if (request === null) return refuse(context, 400, NO_COMMAND);
      return context.json(shown(await watched.command(context.req.param('run'), request)), 202);
    },
  );
  app.notFound((context) => refuse(context, 404, 'There is nothing at this address.'));
  app.onError((error, context) => {
    if (!(error instanceof Problem)) return refuse(context, 500, 'Something went wrong in the server.');
    return refuse(context, error.kind === 'usage' ? 400 : 404, error.message);
  });
  return app;
}

function addRun(app: Hono, watched: Watched, feeds: Feeds): void {
  const get = (path: string, answer: (run: WatchedRun, context: Context) => Promise<object | null> | object | null) => {
    app.get(`/api/runs/:run${path}`, async (context) => {
      const document = await answer(await watched.run(context.req.param('run')), context);
      return document === null
        ? refuse(context, 404, 'The run has nothing of that name.')
        : context.json(shown(document));
    });
  };
  get('', (run) => run.answer());
  get('/rows', (run, context) => run.rowsBefore(Number(context.req.query('before') ?? NaN)));
  get('/turns/:turn', (run, context) => run.turn(Number(context.req.param('turn'))));
  get('/turns/:turn/log', (run, context) => run.turnLog(Number(context.req.param('turn'))));
  get('/patch/:commit', (run, context) => run.patch(context.req.param('commit') ?? ''));
  get('/report', (run) => run.report());
  get('/file', (run, context) => run.file(context.req.query('name') ?? ''));
  app.get('/api/runs/:run/feed', async (context) =>
    runFeed(context, await watched.run(context.req.param('run')), feeds),
  );
}

function runFeed(context: Context, run: WatchedRun, feeds: Feeds): Response {
  if (feeds.isFull(browserOf(context))) return refuse(context, 503, TOO_MANY_FEEDS);
  const after = context.req.header('last-event-id') ?? '';
  return eventStream(context, async (stream) => {
    const tell = (message: RunMessage, place: Place) => stream.send(shown(message), place);
    const unfollow = await run.follow(after, tell);
    return entered(context, feeds, stream, unfollow);
  });
}

function tasksFeed(context: Context, watched: Watched, feeds: Feeds): Response {
  if (feeds.isFull(browserOf(context))) return refuse(context, 503, TOO_MANY_FEEDS);
  return eventStream(context, async (stream) => {
    const tell = (message: TasksMessage) => stream.send(shown(message), '');
    const unfollow = await watched.followTasks(tell);
    return entered(context, feeds, stream, unfollow);
  });
}

function entered(
  context: Context,
  feeds: Feeds,
  stream: { send: (message: object, id: string) => void; end: () => void },
  unfollow: () => void,
): () => void {
  const leave = feeds.enter(browserOf(context), () => {
    stream.send({ kind: 'elsewhere' }, '');
    stream.end();
  });
  return () => {
    leave();
    unfollow();
  };
}

/** As it names itself; programs that do not are one browser. */
function browserOf(context: Context): string {
  return context.req.header('x-client') ?? '';
}

/** Null: it is no command, whatever else it is. */
async function commandIn(context: Context): Promise<CommandRequest | null> {
  const body: unknown = await context.req.json().catch(() => null);
  if (body === null || typeof body !== 'object' || Array.isArray(body)) return null;
  const { kind: given, text, for: what } = body as Record<string, unknown>;
  const kind = ORDER_KINDS.find((known) => known === given);
  if (kind === undefined) return null;
  if ((text !== undefined && typeof text !== 'string') || (what !== undefined && typeof what !== 'string')) return null;
  return {
    kind,
    ...(text !== undefined && { text }),
    ...(what !== undefined && { for: what }),
  };
}

function refuse(context: Context, status: 400 | 404 | 413 | 500 | 503, error: string): Response {
  return context.json({ version: 1, error }, status);
}
