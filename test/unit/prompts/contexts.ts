import type { ActivePhase, PhaseBootstrap, TurnContext } from '../../../src/prompts/context.ts';
import { isPhased, PAIRS, type Pair, type Role } from '../../../src/core/vocabulary.ts';

export const ROLES: readonly Role[] = ['producer', 'verifier'];
export const TURNS: readonly (readonly [Pair, Role])[] = PAIRS.flatMap((pair) =>
  ROLES.map((role) => [pair, role] as const),
);

const RUN = '/w/repo/.autoloop/tasks/t/runs/run-20260102T030405Z-0123abcd';

/** A first turn of this pair and role, in a new session. */
export function turn(pair: Pair, role: Role, change: Partial<TurnContext> = {}): TurnContext {
  const phased = isPhased(pair);
  const artifactDir = phased ? `${RUN}/artifacts/${pair}/phases/storage` : `${RUN}/artifacts/${pair}`;
  return {
    workspace: '/w/repo',
    runId: 'run-20260102T030405Z-0123abcd',
    scope: { pair, phaseId: phased ? 'storage' : null },
    role,
    cycle: 3,
    attempt: 2,
    hasThreads: true,
    files: {
      request: `${RUN}/request.md`,
      rawLog: `${RUN}/raw_phase_log.md`,
      decisions: `${RUN}/decisions.txt`,
      events: `${RUN}/events.jsonl`,
      session: phased ? `${RUN}/sessions/phases/storage.json` : `${RUN}/sessions/${pair}.json`,
      artifactDir,
      runArtifactsDir: `${RUN}/artifacts`,
      otherArtifacts: [`${artifactDir}/first.md`, `${artifactDir}/second.yaml`],
    },
    session: { id: null, isNew: true },
    note: null,
    request: 'Build the thing',
    phase: phased ? PHASE : null,
    bootstrap: phased ? BOOTSTRAP : null,
    ...change,
  };
}

/** What a resumed session of the same scope is told less. */
export const RESUMED: Partial<TurnContext> = { session: { id: 'session-7', isNew: false }, bootstrap: null };

const PHASE: ActivePhase = {
  mode: 'single',
  ids: ['storage', 'screen'],
  explicit: true,
  source: `${RUN}/artifacts/plan/phase_plan.yaml`,
  phase: {
    phase_id: 'storage',
    title: 'Keep the settings',
    objective: 'Settings survive a restart',
    in_scope: ['reading', 'writing'],
    out_of_scope: ['encryption'],
    acceptance_criteria: [{ id: 'AC-1', text: 'a setting is there after a restart' }],
    dependencies: ['groundwork'],
    deliverables: ['the module'],
  },
};

const BOOTSTRAP: PhaseBootstrap = {
  clarifications: 'Question: which format?\nAnswer: JSON',
  priorPhases: [{ id: 'groundwork', status: 'completed' }],
  priorArtifacts: [`${RUN}/artifacts/implement/phases/groundwork/implementation_notes.md`],
  phaseArtifacts: [`${RUN}/artifacts/implement/phases/storage/implementation_notes.md`],
};
