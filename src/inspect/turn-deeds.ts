import path from 'node:path';
import type { EventOf } from '../core/events.ts';
import { redactTokens } from '../core/redact.ts';
import { activityReader } from '../providers/activity.ts';
import type { Deed } from '../providers/provider.ts';
import type { RunLayout } from '../store/layout.ts';
import { latestTurnLog } from '../supervision/turn-log.ts';
import { FileTail } from './file-lines.ts';

/** What an agent does in a turn, from the turn's log as it grows. */
export class TurnDeeds {
  readonly turn: number;
  readonly #tail: FileTail;
  readonly #decode: (line: string) => readonly Deed[];

  constructor(layout: RunLayout, event: EventOf<'turn_started'>) {
    this.turn = event.turn;
    this.#tail = new FileTail(turnLogFile(layout, event));
    this.#decode = activityReader(event.provider);
  }

  /** What has come since the last time, without what has the shape of an access token. */
  async *read(): AsyncGenerator<Deed> {
    for await (const line of this.#tail.lines()) {
      for (const deed of this.#decode(line)) yield { ...deed, text: redactTokens(deed.text) };
    }
  }
}

/** Where a turn's raw output is kept. */
export function turnLogFile(layout: RunLayout, turn: { turn: number; pair: string; phase: string }): string {
  const first = path.join(layout.turns, `${String(turn.turn).padStart(4, '0')}-${turn.pair}-${turn.phase}.log`);
  return latestTurnLog(first);
}
