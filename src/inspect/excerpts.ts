import { Problem } from '../core/problem.ts';
import type { EventOf, RunEvent } from '../core/events.ts';
import { redactTokens } from '../core/redact.ts';
import type { FoundRun } from '../store/tasks/lookup.ts';
import { entryText } from './log-output.ts';
import { RunCursor } from './run-cursor.ts';
import { RunLog } from './run-log.ts';
import { layoutOf, logOf } from './run-view.ts';
import { markedText, storyteller } from './sentences.ts';

/** A part of what `logs` prints; `is_cut` where there is more, and a mark says so. */
export interface Excerpt {
  readonly text: string;
  readonly is_cut: boolean;
}

/** Sentences that one answer holds. */
const MOST_SENTENCES = 50;

/** What `logs` prints of a run, its end of at most `most` bytes. */
export async function excerptOfRun(workspace: string, run: FoundRun, most: number): Promise<Excerpt> {
  return endOf(
    linesOf(workspace, run, () => true),
    most,
  );
}

/** What `logs` prints of one turn: what its agent did and said. Rejects with a usage Problem where the run has no such turn. */
export async function excerptOfTurn(workspace: string, run: FoundRun, turn: number, most: number): Promise<Excerpt> {
  const started = [...new RunCursor(logOf(workspace, run)).read()].filter(isStart);
  if (!started.some((event) => event.turn === turn)) {
    const last = started.at(-1)?.turn ?? 0;
    throw new Problem('usage', `turn: ${run.runId} has no turn ${turn}: 1 to ${last} are accepted`);
  }
  return endOf(
    linesOf(workspace, run, (current) => current === turn),
    most,
  );
}

/** What happened after the event `seq`, a sentence each, the last ones. */
export function happenedSince(workspace: string, run: FoundRun, seq: number): readonly string[] {
  const tell = storyteller();
  const sentences: string[] = [];
  for (const event of new RunCursor(logOf(workspace, run)).read()) {
    const sentence = tell(event);
    if (event.seq > seq && sentence !== null) sentences.push(redactTokens(markedText(sentence)));
  }
  return sentences.slice(-MOST_SENTENCES);
}

/** The lines of the entries that belong to a turn that is wanted: those from its begin to the begin of the next. */
async function* linesOf(workspace: string, run: FoundRun, isWanted: (turn: number) => boolean): AsyncGenerator<string> {
  const log = new RunLog(layoutOf(workspace, run));
  const tell = storyteller();
  let turn = 0;
  const lineOf = (entry: Parameters<typeof entryText>[0]) => {
    if (entry.kind === 'event' && isStart(entry.event)) turn = entry.event.turn;
    const text = entryText(entry, workspace, tell);
    return text !== null && isWanted(turn) ? [`${redactTokens(text)}\n`] : [];
  };
  for await (const entry of log.read()) yield* lineOf(entry);
  for await (const entry of log.rest()) yield* lineOf(entry);
}

function isStart(event: RunEvent): event is EventOf<'turn_started'> & RunEvent {
  return event.event_type === 'turn_started';
}

/** Memory holds no more than what is given back, however long the log is. */
async function endOf(lines: AsyncGenerator<string>, most: number): Promise<Excerpt> {
  const kept: Buffer[] = [];
  let size = 0;
  let isCut = false;
  for await (const line of lines) {
    const bytes = Buffer.from(line);
    kept.push(bytes.subarray(-most));
    size += Math.min(bytes.length, most);
    isCut ||= bytes.length > most;
    while (size > most && kept.length > 1) {
      size -= kept.shift()?.length ?? 0;
      isCut = true;
    }
  }
  const text = Buffer.concat(kept).toString();
  return { text: isCut ? `[cut here: autoloop logs prints all of it]\n${text}` : text, is_cut: isCut };
}
