import type { Notice } from '../core/notices.ts';
import type { NotifySettings, WebhookFormat } from '../core/notify-settings.ts';
import { ownValue } from '../core/own-value.ts';

/** How long one try may take, and how long the next ones wait. */
const LONGEST_MS = 10_000;
const AGAIN_AFTER_MS = [1_000, 5_000, 25_000];

type Webhook = NotifySettings['webhooks'][number];

/** What sending needs of the world. */
export interface SendingWorld {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Waits before another try; false: there is none. */
  readonly again: false | ((ms: number) => Promise<void>);
  /** Ends what is under way: nobody waits for it any more. */
  readonly stop: AbortSignal;
}

/**
 * Posts a notice; again where nobody listens, it takes too long or the server is at a loss. Redirects are not followed: the address is a
 * secret. Resolves with what went wrong in the end, without the address; null: it was taken.
 */
export async function post(
  webhook: Webhook,
  notice: Notice,
  { env, again, stop }: SendingWorld,
): Promise<string | null> {
  const name = `webhook ${webhook.urlEnv}`;
  const address = ownValue(env, webhook.urlEnv)?.trim() ?? '';
  if (address === '') return `${name}: the environment variable is not set`;
  if (!/^https?:\/\//.test(address) || !URL.canParse(address)) return `${name}: it holds no http address`;
  const { url, body } = requestOf(new URL(address), webhook, notice);
  let problem = '';
  for (const pause of [...AGAIN_AFTER_MS, null]) {
    const tried = await tryOnce(url, body, stop);
    if (tried === null) return null;
    problem = tried.problem;
    if (!tried.mayPass || again === false || pause === null) break;
    await again(pause);
    if (stop.aborted) break;
  }
  return `${name}: ${problem}`;
}

async function tryOnce(
  url: URL,
  body: string,
  stop: AbortSignal,
): Promise<{ problem: string; mayPass: boolean } | null> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json; charset=utf-8' },
      body,
      redirect: 'manual',
      signal: AbortSignal.any([stop, AbortSignal.timeout(LONGEST_MS)]),
    });
    await response.body?.cancel();
    const { status } = response;
    if (response.ok) return null;
    if (status >= 300 && status < 400)
      return { problem: `it redirects (${status}), which is not followed`, mayPass: false };
    return { problem: `it answered ${status}`, mayPass: status >= 500 || status === 429 || status === 408 };
  } catch (error) {
    const isLate = error instanceof Error && error.name === 'TimeoutError';
    return { problem: isLate ? 'it took too long' : 'it cannot be reached', mayPass: true };
  }
}

/** What a service is asked for, as its own documentation has it. */
function requestOf(address: URL, { format, chat }: Webhook, notice: Notice): { url: URL; body: string } {
  const url = new URL(address);
  const topic = decodeURIComponent(url.pathname.split('/').findLast((part) => part !== '') ?? '');
  if (format === 'ntfy') url.pathname = url.pathname.replace(/[^/]*\/*$/, ''); // Its JSON goes to the root, and names the topic.
  return { url, body: JSON.stringify(BODIES[format](notice, { topic, chat })) };
}

type Body = (notice: Notice, at: { readonly topic: string; readonly chat: string | null }) => object;

const BODIES: Readonly<Record<WebhookFormat, Body>> = {
  json: (notice) => notice,
  ntfy: ({ kind, title, text, url }, { topic }) => ({
    topic,
    title,
    message: text,
    priority: kind === 'finished' ? 3 : 4,
    tags: [kind === 'finished' ? 'white_check_mark' : 'question'],
    ...(url !== null && { click: url }),
  }),
  slack: ({ title, text, url }) => ({
    text: [`*${forSlack(title)}*`, forSlack(text), ...(url === null ? [] : [url])].join('\n'),
  }),
  telegram: ({ title, text, url }, { chat }) => ({
    ...(chat !== null && { chat_id: chat }),
    text: [title, text, ...(url === null ? [] : [url])].join('\n'),
    link_preview_options: { is_disabled: true },
  }),
};

/** The three signs that mean something to Slack. */
function forSlack(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
