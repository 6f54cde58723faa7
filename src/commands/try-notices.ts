import type { Notice } from '../core/notices.ts';
import type { Settings } from '../core/settings.ts';
import { type Finding, ok, warning } from '../inspect/finding.ts';
import { send } from '../notify/send.ts';
import { processEnvironment } from '../terminal/at-terminal.ts';

/** Sends a notice by every way that is configured, once each. A finding for each way says how it was taken. */
export async function tryNotices(workspace: string, { notify }: Settings): Promise<Finding[]> {
  if (notify === undefined) return [];
  const notice: Notice = {
    version: 1,
    id: 'doctor/0',
    kind: 'test',
    title: 'Autoloop: a test',
    text: 'This is how a run tells you that it needs you.',
    workspace,
    task_id: '',
    run_id: '',
    status: null,
    question: null,
    resume_command: null,
    url: notify.pageUrl,
  };
  const { env } = processEnvironment();
  // Whoever looks at the screen wants to know now, and can ask again.
  const deliveries = await send(notice, notify, { env, again: false, stop: new AbortController().signal });
  if (deliveries.length === 0) return [warning('notices', 'no way to tell you is configured', NONE)];
  return deliveries.map(({ channel, problem }) =>
    problem === null ? ok('notices', `sent by ${channel}`) : warning('notices', problem),
  );
}

const NONE = 'set notify.command, notify.desktop or notify.webhooks in your own configuration';
