import type { RunEvent } from '../core/events.ts';
import { withoutControl } from '../core/control.ts';
import { screenText } from '../core/screen.ts';
import { deedText } from './deed-text.ts';
import type { LogEntry } from './run-log.ts';
import { print, printDocument } from './print.ts';
import { timeText } from '../core/time-text.ts';
import { markedText, type Sentence, sentenceOf, storyteller } from './sentences.ts';

/** Shows a log on standard output, no faster than its reader reads. `stop` ends the wait for a reader. */
export interface LogOutput {
  entry(runId: string, entry: LogEntry): Promise<void>;
  /** Whether an entry is anything to its reader; every one is where this is not said. */
  shows?(entry: LogEntry): boolean;
  /** All that there was when the log was opened has been handed over; what follows is new. */
  caughtUp?(): Promise<void>;
  /** A remark of the program's own, for people only. */
  remark(text: string): Promise<void>;
}

/** For people: `workspace` is taken off the paths that agents name. */
export function textOutput(stop: AbortSignal, workspace: string): LogOutput {
  const tell = storyteller();
  return {
    entry: async (_runId, entry) => {
      const text = entryText(entry, workspace, tell);
      if (text !== null) await print(`${text}\n`, stop);
    },
    shows: (entry) => entryText(entry, workspace, sentenceOf) !== null,
    remark: (text) => print(`${text}\n`, stop),
  };
}

/** For programs: an object a line (docs/json.md). */
export function jsonOutput(stop: AbortSignal): LogOutput {
  return {
    entry: (runId, entry) => {
      const document = { version: 1 as const, run_id: runId, ...entry };
      return printDocument(document, { lines: true, stop });
    },
    remark: () => Promise.resolve(),
  };
}

/** An entry as lines that are safe for a terminal; null where there is nothing to read. `tell` has the words of events. */
export function entryText(
  entry: LogEntry,
  workspace: string,
  tell: (event: RunEvent) => Sentence | null,
): string | null {
  switch (entry.kind) {
    case 'event': {
      const sentence = tell(entry.event);
      return sentence === null ? null : `${timeText(entry.event.ts)}  ${markedText(sentence)}`;
    }
    case 'activity':
      return `  > ${deedText(entry.activity, workspace)}`;
    case 'text':
      return quotedText(withoutControl(entry.text));
  }
}

function quotedText(text: string): string | null {
  return text === '' ? null : screenText(text).replace(/^/gm, '  | ').replace(/ +$/gm, '');
}
