import type { Command } from '../core/command.ts';
import type { EventOf, RunEvent } from '../core/events.ts';
import type { RunTree } from '../core/worktree-events.ts';
import type { PhasePlan } from '../core/phase-plan.ts';
import type { ProviderName, Role, Scope } from '../core/vocabulary.ts';
import type { CheckBench } from './check-port.ts';
import type { Activity, Agent } from './agent-port.ts';
import type { WorkTree } from './git-port.ts';
import type { RunStore } from './store-port.ts';

/**
 * What the loop needs of the world. `run/` is written against these and nothing else, so that a test can play the world,
 * and can make its n-th operation fail. `work/` and `terminal/` build the real ones.
 */
export interface Ports {
  readonly store: RunStore;
  /** Null with `--no-git`. */
  readonly git: WorkTree | null;
  /** Null or absent: this world runs no checks. */
  readonly checks?: CheckBench | null;
  /** The work tree of the task that the run is in; null or absent: it is in none of its own. */
  readonly tree?: TaskGround | null;
  readonly agents: Readonly<Record<Role, Agent>>;
  readonly asker: Asker;
  readonly inbox: Inbox;
  readonly narrator: Narrator;
  readonly clock: Clock;
  /** A new run id. */
  readonly newRunId: () => string;
  /** The operator's stop: aborted with a `StopRequest` as its reason. */
  readonly stop: AbortSignal;
  /** Words an error of the system about a disk as a Problem, and hands on what is none; absent: this world has no disk. */
  readonly asProblem?: (error: unknown) => unknown;
}

/** A work tree that a task has for itself. */
export interface TaskGround {
  readonly names: RunTree;
  /**
   * Prepares it for work, unless that is done, and keeps what that says below `turns`. Rejects with a Problem of kind `state` where it
   * fails; after the operator's stop it resolves, and is still to be done.
   */
  prepare(turns: string): Promise<void>;
  /** Has it recorded how it was made, in the log of the run that comes first in it; nothing where that is told already. */
  tell(record: (event: EventOf<'worktree_created'>) => Promise<unknown>): Promise<void>;
}

/** Why the operator's signal stops the run, and how the program then exits. */
export interface StopRequest {
  readonly signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP';
}

export interface Clock {
  now(): Date;
  /** Resolves after `ms`, or at once when `signal` aborts. Never rejects. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** Whoever is at the terminal or on standard input. `none`: nobody answers, or `stop` was aborted. */
export interface Person {
  ask(question: string, stop: AbortSignal): Promise<{ kind: 'answer'; text: string } | { kind: 'none' }>;
  /** Only a person at a terminal approves: what is piped in was written before there was a plan. */
  approve(shown: PlanToApprove, stop: AbortSignal): Promise<Approval>;
}

export interface Asker extends Person {
  /** The answer that came with the start, once; null: none did. */
  given(question: string): string | null;
}

export interface PlanToApprove {
  /** Absolute. */
  readonly file: string;
  /** Null: the plan names no phases. */
  readonly plan: PhasePlan | null;
}

export type Approval =
  { readonly kind: 'approved' } | { readonly kind: 'rejected'; readonly text: string } | { readonly kind: 'none' };

/** The commands that were left for the run; the order is that of sending. */
export interface Inbox {
  /** `unreadable`: names of files that are no command and are left where they are. Rejects where it cannot be read. */
  read(): Promise<{ readonly commands: readonly Command[]; readonly unreadable: readonly string[] }>;
  /** Removes a command that the log knows. */
  drop(id: string): Promise<void>;
}

/** What the operator sees. Text from agents is stripped of control characters here. */
export interface Narrator {
  /** Called for every event after it is in the log. */
  event(event: RunEvent): void;
  line(text: string): void;
  warn(text: string): void;
  turnBegins(turn: {
    scope: Scope;
    role: Role;
    cycle: number;
    maxCycles: number;
    provider: ProviderName;
    /** The agent's own name, where the provider's is not it. */
    called?: string;
    model: string | null;
  }): void;
  activity(activity: Activity): void;
  turnEnds(): void;
}
