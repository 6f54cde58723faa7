import type { Notice } from '../core/notices.ts';
import type { NotifySettings } from '../core/notify-settings.ts';
import { runCommand, showOnDesktop } from './program.ts';
import { post, type SendingWorld } from './webhook.ts';

/** How one channel took a notice; `problem` null: well. */
export interface Delivery {
  readonly channel: string;
  readonly problem: string | null;
}

/** Sends a notice by every channel of the settings, side by side. Never rejects. */
export function send(notice: Notice, settings: NotifySettings, world: SendingWorld): Promise<readonly Delivery[]> {
  const { command, desktop, webhooks } = settings;
  const deliver = async (channel: string, sent: Promise<string | null>): Promise<Delivery> => {
    try {
      return { channel, problem: await sent };
    } catch (error) {
      return { channel, problem: `${channel}: ${error instanceof Error ? error.message : String(error)}` };
    }
  };
  return Promise.all([
    ...(command === null ? [] : [deliver('notify.command', runCommand(command, notice, world))]),
    ...(desktop ? [deliver('notify.desktop', showOnDesktop(notice, world))] : []),
    ...webhooks.map((webhook) => deliver(`webhook ${webhook.urlEnv}`, post(webhook, notice, world))),
  ]);
}
