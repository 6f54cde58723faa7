import type { Clarification, RunEvent } from '../../../src/core/events.ts';
import type { PhasePlan } from '../../../src/core/phase-plan.ts';
import type { SessionRecord } from '../../../src/core/session.ts';
import type { RunMetadata } from '../../../src/run/store-port.ts';

/** What outlives a process: one run's folder. */
export interface RunMemory {
  readonly runId: string;
  readonly log: RunEvent[];
  metadata: RunMetadata | null;
  readonly sessions: Map<string, SessionRecord>;
  readonly documents: Map<string, string>;
  readonly clarifications: Clarification[];
  /** Artifacts by `<scope>/<file>`. */
  readonly artifacts: Map<string, string>;
  plan: PhasePlan | null;
}

export interface Commit {
  readonly id: string;
  readonly checkpoint: string;
  readonly subject: string;
  readonly recovered: boolean;
  /** Paths outside the state, with their contents. */
  readonly sources: ReadonlyMap<string, string>;
}

/** The workspace and its repository: contents by path, and what is committed of them. */
export interface Memory {
  readonly runs: Map<string, RunMemory>;
  readonly files: Map<string, string>;
  readonly committed: Map<string, string>;
  readonly commits: Commit[];
  /** Every prompt that an agent was given. */
  readonly turns: { readonly runId: string; readonly name: string; readonly prompt: string }[];
  /** Questions that a person was asked. */
  readonly asked: string[];
  time: number;
  ids: number;
}

export function newMemory(files: Readonly<Record<string, string>> = {}): Memory {
  return {
    runs: new Map(),
    files: new Map(Object.entries(files)),
    committed: new Map(),
    commits: [],
    turns: [],
    asked: [],
    time: Date.UTC(2026, 10, 24, 12),
    ids: 0,
  };
}

export function runMemory(memory: Memory, runId: string): RunMemory {
  const known = memory.runs.get(runId);
  if (known !== undefined) return known;
  const run: RunMemory = {
    runId,
    log: [],
    metadata: null,
    sessions: new Map(),
    documents: new Map(),
    clarifications: [],
    artifacts: new Map(),
    plan: null,
  };
  memory.runs.set(runId, run);
  return run;
}
