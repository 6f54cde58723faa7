import type { ProcessRow } from './process-table.ts';

/**
 * Tells from one look at an agent's processes to the next whether something that it started is at work. The agent itself does not
 * count: it may turn in circles. Nor does what merely waits and looks at a clock now and then. Programs that were there for less time than
 * lies between two looks show in who started them, which may be the agent.
 */
export class Diligence {
  readonly #agentPid: number;
  #spentMs: ReadonlyMap<string, number> = new Map();
  #lookedAt: number;

  /** `now`: in ms, on any clock that goes on steadily. */
  constructor(agentPid: number, now: number) {
    this.#agentPid = agentPid;
    this.#lookedAt = now;
  }

  /** Whether processor time was used since the last look. */
  look(members: readonly ProcessRow[], now: number): boolean {
    const spentMs = new Map(
      members.map((row) => [keyOf(row), row.endedMs + (row.pid === this.#agentPid ? 0 : row.cpuMs)]),
    );
    let spent = 0;
    for (const [key, ms] of spentMs) spent += Math.max(0, ms - (this.#spentMs.get(key) ?? 0));
    const passed = now - this.#lookedAt;
    this.#spentMs = spentMs;
    this.#lookedAt = now;
    return spent > 0 && spent >= passed * LEAST_SHARE;
  }
}

/** Of one processor. */
const LEAST_SHARE = 0.02;

function keyOf({ pid, start }: ProcessRow): string {
  return `${pid} ${start}`;
}
