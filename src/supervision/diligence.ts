import type { ProcessRow } from './process-table.ts';

/**
 * Tells from one look at an agent's processes to the next whether something that it started is at work. The agent itself does not
 * count: it may turn in circles. Nor does what merely waits and looks at a clock now and then.
 */
export class Diligence {
  readonly #agentPid: number;
  #cpuMs: ReadonlyMap<string, number> = new Map();
  #lookedAt: number;

  /** `now`: in ms, on any clock that goes on steadily. */
  constructor(agentPid: number, now: number) {
    this.#agentPid = agentPid;
    this.#lookedAt = now;
  }

  /** Whether processor time was used since the last look. */
  look(members: readonly ProcessRow[], now: number): boolean {
    const started = members.filter(({ pid }) => pid !== this.#agentPid);
    const spent = started.reduce((sum, row) => sum + Math.max(0, row.cpuMs - (this.#cpuMs.get(keyOf(row)) ?? 0)), 0);
    const passed = now - this.#lookedAt;
    this.#cpuMs = new Map(started.map((row) => [keyOf(row), row.cpuMs]));
    this.#lookedAt = now;
    return spent > 0 && spent >= passed * LEAST_SHARE;
  }
}

/** Of one processor. */
const LEAST_SHARE = 0.02;

function keyOf({ pid, start }: ProcessRow): string {
  return `${pid} ${start}`;
}
