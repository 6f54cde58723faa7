import { setTimeout as delay } from 'node:timers/promises';
import { CRASHED_ARGUMENT } from '../core/hidden-arguments.ts';
import { isTold } from '../core/notices.ts';
import type { Settings } from '../core/settings.ts';
import { Notifier } from '../notify/notifier.ts';
import { Told } from '../notify/told.ts';
import { quoted } from '../core/shell-word.ts';
import type { Narrator } from '../run/ports.ts';
import type { StateFiles } from '../store/layout.ts';
import { ownArgv } from '../supervision/own-argv.ts';
import type { OnDeath } from '../supervision/watchdog.ts';
import type { PlannedRun } from './planned-run.ts';
import type { Io } from './ports.ts';

interface Place {
  readonly state: StateFiles;
  readonly machine: string | null;
  readonly env: NodeJS.ProcessEnv;
  readonly isAttended: boolean;
}

/** Who tells a person of this run that does not look at it; null: nobody is to be told of anything. */
export function notifierOf(
  { state: { workspace }, machine, env, isAttended }: Place,
  { taskId, runId, settings }: Pick<PlannedRun, 'taskId' | 'runId' | 'settings'>,
  narrator: Narrator,
): Notifier | null {
  const { notify, runtime } = settings;
  if (notify === undefined || !notify.on.some((topic) => isTold(notify, topic))) return null;
  const resumeCommand = `autoloop --resume --workspace ${quoted(workspace)} --task-id ${taskId} --run-id ${runId}`;
  return new Notifier({
    settings: notify,
    run: { workspace, taskId, runId, resumeCommand, pageUrl: notify.pageUrl },
    answersItself: runtime.fullAutoAnswers,
    isAttended,
    told: new Told(machine),
    env,
    sleep: (ms, signal) => delay(ms, undefined, { signal }).catch(() => undefined),
    warn: (text) => narrator.warn(text),
  });
}

/** The narrator, which now also tells whoever does not look, after all others. */
export function notified(narrator: Narrator, notifier: Notifier): Narrator {
  return {
    ...narrator,
    event(event) {
      narrator.event(event);
      notifier.event(event);
    },
  };
}

/** What tells of this program's death; null: nobody is to be told of that. The marks of a run that we are part of stay behind. */
export function onDeath(workspace: string, { notify }: Settings, { environment: { env } }: Io): OnDeath | null {
  if (notify === undefined || !isTold(notify, 'crashed')) return null;
  const passed = Object.entries(env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && !entry[0].startsWith('AUTOLOOP_RUN_'),
  );
  return { argv: [...ownArgv(), CRASHED_ARGUMENT, workspace], env: Object.fromEntries(passed) };
}
