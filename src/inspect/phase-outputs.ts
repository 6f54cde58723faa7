import { openReader, type Reader } from '../files/door.ts';
import type { Pair, Role } from '../core/vocabulary.ts';
import { linesFrom } from './file-lines.ts';

/** Whose text it is. */
export interface TurnName {
  readonly pair: Pair;
  readonly phase: Role;
  readonly cycle: number;
  readonly attempt: number;
  /** Its number: phases of the plan share all of the above. Left out: the first that fits. */
  readonly turn?: number;
}

/**
 * The agents' final texts in a run's raw_phase_log.md (docs/state.md), taken in the order of the turns. An agent may revert the
 * ledger, which nobody puts back: from then on the last fitting entry counts.
 */
export class PhaseOutputs {
  readonly #file: string;
  #identity = '';
  #at = 0;

  constructor(file: string) {
    this.#file = file;
  }

  /** The text of this turn; null when the ledger does not have it. */
  async take(turn: TurnName): Promise<string | null> {
    const handle = await openReader(this.#file);
    if (handle === null) return null;
    try {
      const { identity, size } = handle;
      const isReverted = this.#identity !== '' && (identity !== this.#identity || size < this.#at);
      this.#identity = identity;
      const found = isReverted ? lastOutput(handle, turn) : firstOutput(handle, turn, this.#at);
      if (found === null) return null;
      this.#at = found.end;
      return found.text;
    } finally {
      handle.close();
    }
  }
}

interface Output {
  readonly text: string;
  /** Where the entry ends, in bytes. */
  readonly end: number;
}

/** Of a text that is shown, in characters. */
const MOST = 10_000_000;

function firstOutput(handle: Reader, turn: TurnName, from: number): Output | null {
  for (const output of outputsOf(handle, turn, from)) return output;
  return null;
}

function lastOutput(handle: Reader, turn: TurnName): Output | null {
  let last: Output | null = null;
  for (const output of outputsOf(handle, turn, 0)) last = output;
  return last;
}

/** The entries of one turn. An entry's head is a line of fields below a line of dashes; its text ends before the next head. */
function* outputsOf(handle: Reader, turn: TurnName, from: number): Generator<Output> {
  let body: string[] | null = null;
  let size = 0;
  let rule: number | null = null;
  let end = from;
  let isBelowHead = false;
  for (const line of linesFrom(handle, from)) {
    const isRule = line.text === '---';
    if (rule !== null && line.text.startsWith('run_id=')) {
      if (body !== null) yield { text: textOf(body), end: rule };
      body = isOutputOf(line.text, turn) ? [] : null;
      [size, rule, isBelowHead] = [0, null, true];
      continue;
    }
    if (rule !== null) body?.push('---');
    rule = isRule && !isBelowHead ? line.start : null;
    if (!isRule && body !== null && size < MOST) {
      body.push(line.text.slice(0, MOST - size));
      size += line.text.length + 1;
    }
    isBelowHead = false;
    end = line.end;
  }
  if (body !== null) yield { text: textOf(body), end };
}

function textOf(body: readonly string[]): string {
  return body.join('\n').trim();
}

/** Entries of the first releases have no `entry` field, and are all outputs. */
function isOutputOf(head: string, turn: TurnName): boolean {
  const fields = new Map(
    head.split(' | ').map((field) => [field.slice(0, field.indexOf('=')), field.slice(field.indexOf('=') + 1)]),
  );
  const isOutput = (fields.get('entry') ?? 'phase_output') === 'phase_output';
  return (
    isOutput &&
    fields.get('pair') === turn.pair &&
    fields.get('phase') === turn.phase &&
    fields.get('cycle') === String(turn.cycle) &&
    fields.get('attempt') === String(turn.attempt) &&
    // Older releases did not say which turn it was.
    (turn.turn === undefined || [undefined, String(turn.turn)].includes(fields.get('turn')))
  );
}
