import type { Totals } from './events.ts';
import type { RunState } from './state.ts';
import { addTotals } from './totals.ts';

/**
 * How long an answer or an instruction may be, in characters. Each new session of a run is told all of them, and a provider
 * refuses a prompt that is too long every time it is resumed.
 */
const MOST_ANSWER_CHARACTERS = 50_000;

/** What is wrong with an answer or instruction that is too long, and what helps; null: nothing. */
export function tooLong(text: string): string | null {
  if (text.length <= MOST_ANSWER_CHARACTERS) return null;
  return `it has ${text.length} characters, and at most ${MOST_ANSWER_CHARACTERS} are accepted: put the text into a file and name that`;
}

/** Everything that the run and the runs before it in its chain have spent. */
export function spentInChain(state: RunState): Totals {
  return state.run.spentBefore === null ? state.spent : addTotals(state.run.spentBefore, state.spent);
}

/**
 * Why no further turn may be taken, in one line that names the sums and the setting; null: there is room.
 * Minutes are those of agents' turns, over the whole chain of follow-up runs.
 */
export function exhausted(state: RunState): string | null {
  const limits = state.run.settings?.runtime;
  if (limits === undefined) return null;
  const { turns, duration_ms, usage } = spentInChain(state);
  const minutes = duration_ms / 60_000;
  if (limits.maxTurns !== null && turns >= limits.maxTurns) {
    return `${turns} turns taken, runtime.max_turns is ${limits.maxTurns}`;
  }
  if (limits.maxMinutes !== null && minutes >= limits.maxMinutes) {
    return `${minutes.toFixed(1)} minutes of agents' time spent, runtime.max_minutes is ${limits.maxMinutes}`;
  }
  if (limits.maxCostUsd !== null && usage.costUsd !== null && usage.costUsd >= limits.maxCostUsd) {
    return `$${usage.costUsd.toFixed(2)} spent, runtime.max_cost_usd is ${limits.maxCostUsd}`;
  }
  return null;
}
