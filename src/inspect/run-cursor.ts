import { closeSync, fstatSync } from 'node:fs';
import { apply } from '../core/apply.ts';
import type { EventOf, RunEvent } from '../core/events.ts';
import { exitCodeOfStatus } from '../core/exit-codes.ts';
import { newerFormat } from '../core/format.ts';
import { impossibility } from '../core/history-check.ts';
import { type RunState, UNBORN } from '../core/state.ts';
import { versionOf } from '../files/door.ts';
import { NO_OUTLINE, type Outline, outlineAfter } from './outline.ts';
import { LogParser, openLog, piecesFrom } from '../store/log/log-reader.ts';

/** What a run's log tells, as far as it was read. */
export interface KnownRun {
  readonly state: RunState;
  readonly last: RunEvent | null;
  /** The turn that was started last, whatever became of it. */
  readonly turn: (EventOf<'turn_started'> & RunEvent) | null;
  /** Of the last `run_finished`, or after an undo that of an interrupted run; null where it has been resumed since, or never ended. */
  readonly exitCode: number | null;
  /** When it ended or went back last; null as for the exit code. What becomes of its work tree and branch is logged later. */
  readonly endedAt: string | null;
  /** The first line that no release could have written there, and why; null: there is none. A resume refuses the log for it. */
  readonly doubt: string | null;
  readonly outline: Outline;
}

export const NOTHING_KNOWN: KnownRun = {
  state: UNBORN,
  last: null,
  turn: null,
  exitCode: null,
  endedAt: null,
  doubt: null,
  outline: NO_OUTLINE,
};

/** What is known after one more event. */
export function learn(known: KnownRun, event: RunEvent): KnownRun {
  return {
    state: apply(known.state, event),
    last: event,
    turn: event.event_type === 'turn_started' ? event : known.turn,
    ...endAfter(known, event),
    doubt: known.doubt ?? doubtOf(known.state, event),
    outline: outlineAfter(known.outline, event),
  };
}

function doubtOf(state: RunState, event: RunEvent): string | null {
  const flaw = newerFormat(state) === null ? impossibility(state, event) : null;
  return flaw === null ? null : `line ${event.seq} ${flaw}`;
}

function endAfter({ exitCode, endedAt }: KnownRun, event: RunEvent): Pick<KnownRun, 'exitCode' | 'endedAt'> {
  switch (event.event_type) {
    case 'run_finished':
      return { exitCode: event.exit_code, endedAt: event.ts };
    case 'run_rewound':
      return { exitCode: exitCodeOfStatus('interrupted'), endedAt: event.ts };
    case 'run_resumed':
      return { exitCode: null, endedAt: null };
    default:
      return { exitCode, endedAt };
  }
}

/**
 * Reads on in the log of a run, which may grow, be cut or be replaced at any time: the events that are new since, each once, and
 * what all of them come to. Memory holds the folded state and one piece of the file, however long the log is.
 */
export class RunCursor {
  readonly #file: string;
  #known = NOTHING_KNOWN;
  #parser: LogParser;
  #inode = '';
  #at = 0;
  /** Read from the disk and not handed over yet. */
  #due: RunEvent[] = [];
  /** Of the file that `known` was read from to its end. */
  #version: string | null = null;

  constructor(file: string) {
    this.#file = file;
    this.#parser = new LogParser(file);
  }

  /** After the events that were handed over. */
  get known(): KnownRun {
    return this.#known;
  }

  /** What the log tells now; costs next to nothing where it has not changed. Throws as `read` does. */
  catchUp(): KnownRun {
    const version = versionOf(this.#file);
    if (version !== null && version === this.#version) return this.#known;
    const events = this.read();
    while (events.next().done !== true) continue;
    this.#version = version;
    return this.#known;
  }

  /**
   * Hands over what is new. Throws a Problem at a bad line that others follow, once those before it are handed over; called
   * again, it looks whether the line has been mended.
   */
  *read(): Generator<RunEvent> {
    yield* this.#handOver();
    const descriptor = openLog(this.#file);
    if (descriptor === null) return;
    try {
      const { dev, ino, size } = fstatSync(descriptor);
      const inode = `${dev} ${ino}`;
      if (inode !== this.#inode || size < this.#at) this.#rewind();
      this.#inode = inode;
      for (const piece of piecesFrom(descriptor, this.#at, this.#file)) yield* this.#take(piece);
    } finally {
      closeSync(descriptor);
    }
  }

  *#take(piece: Buffer): Generator<RunEvent> {
    try {
      this.#parser.push(piece, (event) => {
        // After a rewind the log tells again what is known.
        if (event.seq > this.#known.state.seq) this.#due.push(event);
      });
      this.#at += piece.length;
    } catch (error) {
      this.#rewind();
      yield* this.#handOver();
      throw error;
    }
    yield* this.#handOver();
  }

  *#handOver(): Generator<RunEvent> {
    for (let event = this.#due.shift(); event !== undefined; event = this.#due.shift()) {
      this.#known = learn(this.#known, event);
      yield event;
    }
  }

  /** The next reading begins at the start. */
  #rewind(): void {
    this.#parser = new LogParser(this.#file);
    this.#inode = '';
    this.#at = 0;
  }
}
