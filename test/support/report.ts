import type { RunEvent } from '../../src/core/events.ts';
import { describe } from './fake-agent/notebook.ts';
import type { Finished, Running } from './invocation.ts';
import { readEvents, readList, readRuns, readTurns, type Played, type RunFolder } from './readers.ts';
import type { Sandbox } from './sandbox.ts';

const MOST = 4000;

/** The program's outputs, the event logs, and every turn: what one wants to see when a test has failed. */
export function reportOn(sandbox: Sandbox, starts: readonly { running: Running; finished: Finished | null }[]): string {
  const parts = [
    ...starts.map(({ running, finished }) =>
      heading(`autoloop ${running.args.join(' ')} → ${ended(finished)}`, running.output()),
    ),
    ...readRuns(sandbox.workspace).map((run) => heading(`events of ${run.runId}`, eventLines(run))),
    heading('signals', JSON.stringify(readList(sandbox.agents, 'signals'))),
    ...readTurns(sandbox.agents).map((turn) =>
      heading(`turn ${turn.n}: ${describe(turn)} → ${outcome(turn)}`, turnText(turn)),
    ),
  ];
  return parts.join('\n');
}

function heading(title: string, text: string): string {
  const cut =
    text.length <= MOST
      ? text
      : `${text.slice(0, MOST / 2)}\n… ${text.length - MOST} characters …\n${text.slice(-MOST / 2)}`;
  return `\n──── ${title}\n${cut.trimEnd()}`;
}

function ended(finished: Finished | null): string {
  if (finished === null) return 'not ended';
  return `${finished.code ?? finished.signal ?? '?'} after ${Math.round(finished.ms)} ms`;
}

function eventLines(run: RunFolder): string {
  try {
    return readEvents(run).map(eventLine).join('\n');
  } catch (error) {
    return String(error);
  }
}

function eventLine(event: RunEvent): string {
  const { ts, seq, event_type: type, ...rest } = event;
  const fields = Object.entries(rest).filter(([name]) => name !== 'run_id' && name !== 'settings');
  return `${seq} ${ts} ${type} ${JSON.stringify(Object.fromEntries(fields))}`;
}

function outcome(turn: Played): string {
  return turn.result === null ? 'no end recorded' : `exit ${turn.result.exit}`;
}

/** What the heading does not say: how it was called, the first lines of a note to it, and what it answered. */
function turnText(turn: Played): string {
  const note = /^MOST RECENT CLARIFICATION TO APPLY IMMEDIATELY:\n(?:.*\n){1,3}/m.exec(turn.prompt)?.[0] ?? '';
  return `$ ${turn.argv.join(' ')}\n${note}answer: ${turn.result?.text ?? '-'}`;
}
