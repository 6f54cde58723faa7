import type { EventOf } from './events.ts';
import type { RunFacts, RunState } from './state.ts';

/**
 * The format of the logs that this release writes. It grows when an older release would go wrong by skipping what it does not know;
 * an event or a field more does not need that. Logs of 0.1.x and 0.2.0 carry none: 0. Since 2 a run may
 * go back to an earlier state.
 */
export const FORMAT = 2;

/** Why this release must not go on with a log, in one line; null: it may. Showing one is always right. */
export function newerFormat({ run }: RunState): string | null {
  if (run.format <= FORMAT) return null;
  const writer = run.version === null ? 'a newer autoloop' : `autoloop ${run.version}`;
  return `the log of run ${run.runId ?? ''} was written by ${writer} (format ${run.format}; this release knows ${FORMAT})`;
}

/** The newest format of what is in a log, and the release that wrote it; whether one began it that logged neither settings nor sessions. */
export function writerAfter(
  { format, version, beganOlder: began }: RunFacts,
  event: EventOf<'run_started' | 'run_resumed'>,
): Pick<RunFacts, 'format' | 'version' | 'beganOlder'> {
  const beganOlder = event.event_type === 'run_started' ? event.settings === undefined : began;
  if (event.format === undefined || event.format < format) return { format, version, beganOlder };
  return { format: event.format, version: event.version ?? null, beganOlder };
}
