import type { PhaseStatus, Role, Scope } from '../core/vocabulary.ts';

/** What the prompt of one turn is made from. All paths are absolute, except where they are the agent's own words. */
export interface TurnContext {
  readonly workspace: string;
  readonly runId: string;
  readonly scope: Scope;
  readonly role: Role;
  readonly cycle: number;
  readonly attempt: number;
  /** Whether the provider's sessions are called threads. */
  readonly hasThreads: boolean;
  readonly files: TurnFiles;
  /**
   * `id`: the session that goes on, null for a new one. `isNew`: the agent has not seen the request in this session, or may
   * have lost it.
   */
  readonly session: { readonly id: string | null; readonly isNew: boolean };
  /** The session's pending note: an answer, an instruction, or what was wrong with the last turn. */
  readonly note: string | null;
  /** The text of the request; only a new session is given it. */
  readonly request: string;
  /** Implement and test only. */
  readonly phase: ActivePhase | null;
  /** What the harness's checks have shown, in so many bytes; absent or null: there are none. */
  readonly checks?: ((room: number) => string) | null;
  /** A new session of implement or test only. */
  readonly bootstrap: PhaseBootstrap | null;
}

export interface TurnFiles {
  readonly request: string;
  readonly rawLog: string;
  readonly decisions: string;
  readonly events: string;
  readonly session: string;
  /** The folder of the scope's artifacts; for implement and test that of the phase, named by its phase key. */
  readonly artifactDir: string;
  /** The run's `artifacts` folder. */
  readonly runArtifactsDir: string;
  /** The scope's artifacts other than criteria.md and feedback.md. */
  readonly otherArtifacts: readonly string[];
}

/** The selection of phases that is in force, and the phase of this turn. */
export interface ActivePhase {
  readonly mode: string;
  readonly ids: readonly string[];
  /** Whether a phase plan gave the phases; false for the implicit one. */
  readonly explicit: boolean;
  readonly phase: PhaseFields;
  /** The phase plan, or null for the implicit phase. */
  readonly source: string | null;
}

/** The fields of a phase, by their names in phase_plan.yaml, that its contract shows (docs/protocol.md). */
export interface PhaseFields {
  readonly phase_id: string;
  readonly title: string;
  readonly objective: string;
  readonly in_scope: readonly string[];
  readonly out_of_scope?: readonly string[] | undefined;
  readonly acceptance_criteria?: readonly { readonly id: string; readonly text: string }[] | undefined;
  readonly dependencies?: readonly string[] | undefined;
  readonly deliverables: readonly string[];
}

/** What a new session needs to know of the run so far. */
export interface PhaseBootstrap {
  /** The clarifications recorded so far, as text; blank for none. */
  readonly clarifications: string;
  readonly priorPhases: readonly { readonly id: string; readonly status: PhaseStatus }[];
  readonly priorArtifacts: readonly string[];
  readonly phaseArtifacts: readonly string[];
}
