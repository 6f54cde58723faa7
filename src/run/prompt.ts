import { ARTIFACTS } from '../core/artifacts.ts';
import type { Clarification } from '../core/events.ts';
import type { TurnPlan } from '../core/steps.ts';
import type { Phase } from '../core/phase-plan.ts';
import { scopeKey } from '../core/scope.ts';
import type { Scope } from '../core/vocabulary.ts';
import type { ActivePhase, PhaseBootstrap, TurnContext } from '../prompts/context.ts';
import { renderTurn } from '../prompts/render.ts';
import type { Loop } from './loop.ts';
import type { Agent } from './agent-port.ts';
import type { Session } from './session.ts';
import { ownValue } from '../core/own-value.ts';

export interface PromptInput {
  readonly plan: TurnPlan;
  readonly agent: Agent;
  readonly session: Session;
  /** The session to go on with; null: a new one, which gets the request and what it must know of the run. */
  readonly resume: string | null;
  readonly note: string | null;
  readonly phase: Phase | null;
  /** What it is told of the checks; null: nothing. */
  readonly checks: TurnContext['checks'];
}

/** The prompt of one turn, from the state of the run and the paths of its files. */
export function promptFor(loop: Loop, input: PromptInput): string {
  const { plan, agent, session, resume, note, phase } = input;
  const { files, request } = loop.ports.store;
  const { scope, role, cycle, attempt } = plan;
  const artifactDir = files.artifactDir(scope);
  const isSure = agent.sessions.mayForget !== true || loop.state.heard.includes(session.name);
  const isNew = resume === null || !isSure;
  const context: TurnContext = {
    workspace: files.workspace,
    runId: loop.state.run.runId ?? '',
    scope,
    role,
    cycle,
    attempt,
    hasThreads: agent.sessions.hasThreads,
    files: {
      request: files.request,
      rawLog: files.rawLog,
      decisions: files.decisions,
      events: files.events,
      session: files.session(session.name),
      artifactDir,
      runArtifactsDir: files.artifacts,
      otherArtifacts: artifactsOf(loop, scope),
    },
    session: { id: resume, isNew },
    note,
    request,
    phase: phase === null ? null : contractOf(loop, phase),
    checks: input.checks ?? null,
    bootstrap: phase === null || !isNew ? null : bootstrapOf(loop, scope),
  };
  return renderTurn(context);
}

function artifactsOf(loop: Loop, scope: Scope): string[] {
  const folder = loop.ports.store.files.artifactDir(scope);
  return ARTIFACTS[scope.pair].map((name) => `${folder}/${name}`);
}

function contractOf(loop: Loop, phase: Phase): ActivePhase {
  const { selection } = loop.state;
  const explicit = selection?.explicit ?? false;
  return {
    mode: selection?.mode ?? loop.settings.runtime.phaseMode,
    ids: selection?.phaseIds ?? [phase.phaseId],
    explicit,
    source: explicit ? `${loop.ports.store.files.artifacts}/plan/phase_plan.yaml` : null,
    phase: {
      phase_id: phase.phaseId,
      title: phase.title,
      objective: phase.objective,
      in_scope: phase.inScope,
      out_of_scope: phase.outOfScope,
      acceptance_criteria: phase.acceptanceCriteria,
      dependencies: phase.dependencies,
      deliverables: phase.deliverables,
    },
  };
}

function bootstrapOf(loop: Loop, scope: Scope): PhaseBootstrap {
  const { selection, phases, clarifications, run } = loop.state;
  const ids = selection?.phaseIds ?? [];
  const earlier = ids.slice(0, Math.max(0, ids.indexOf(scope.phaseId ?? '')));
  const pairs = (['implement', 'test'] as const).filter((pair) => run.pairs.includes(pair));
  const scopesOf = (phaseId: string | null): Scope[] => pairs.map((pair) => ({ pair, phaseId }));
  const isDone = (of: Scope) => loop.state.completed.includes(scopeKey(of));
  return {
    clarifications: clarifications.map(clarificationText).join('\n\n'),
    priorPhases: earlier.map((id) => ({ id, status: ownValue(phases, id)?.status ?? 'planned' })),
    priorArtifacts: earlier.flatMap((id) =>
      scopesOf(id)
        .filter(isDone)
        .flatMap((of) => artifactsOf(loop, of)),
    ),
    phaseArtifacts: scopesOf(scope.phaseId).flatMap((of) => artifactsOf(loop, of)),
  };
}

function clarificationText({ question, answer, source }: Clarification): string {
  return question === null
    ? `Instruction (${source}):\n${answer}`
    : `Question:\n${question}\n\nAnswer (${source}):\n${answer}`;
}
