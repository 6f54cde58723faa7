import { tickedIn } from '../core/criteria.ts';
import { exhausted } from '../core/bounds.ts';
import type { TurnPlan } from '../core/steps.ts';
import type { Scope } from '../core/vocabulary.ts';
import { criteriaFor } from '../prompts/criteria.ts';
import { templateName } from '../prompts/render.ts';
import { harnessBlock } from './checks/harness.ts';
import { takeCommands } from './commands.ts';
import { type AgentCall, callAgent, type CallEnd } from './call.ts';
import { endTurn, interruptTurn, type RunTurn } from './end-turn.ts';
import { type Loop, type Performed, type Stop, STOPPED } from './loop.ts';
import { phaseOf } from './phases.ts';
import type { Agent } from './agent-port.ts';
import { promptFor } from './prompt.ts';
import { keepBaseline } from './recover.ts';
import { putTicksBack } from './mend-artifacts.ts';
import { openSession, pendingNote, saveSession, type Session } from './session.ts';
import { ownValue } from '../core/own-value.ts';

/**
 * One turn of a role: its start is logged and synced with the baseline of the work tree, the agent runs, and its end is logged
 * with the outcome that was decided. A turn of which only the start is in the log was lost.
 */
export async function takeTurn(loop: Loop, plan: TurnPlan): Performed {
  const refused = cannotStart(loop);
  if (refused !== null) return refused;
  const paused = plan.isRetry ? null : await takeCommands(loop, plan);
  if (paused !== null) return paused;
  const { store, narrator, agents } = loop.ports;
  await putTicksBack(loop, plan.scope, loop.state.active?.turn ?? null);
  await restoreArtifacts(loop, plan.scope);
  const agent = agents[plan.role];
  const session = await openSession(loop, plan.scope, plan.role, agent);
  const foreign = foreignSession(session, agent, ownValue(loop.state.sessions, session.name)?.agent);
  if (foreign !== null) return foreign;
  if (plan.role === 'producer' && !plan.isRetry) await store.decisions.openBlock(plan.scope);
  const turn = await startTurn(loop, plan, { agent, session });
  const call = await callOf(loop, turn);
  narrator.turnBegins({
    ...plan,
    maxCycles: loop.state.run.maxIterations,
    provider: agent.provider,
    ...(agent.called === undefined ? {} : { called: agent.called }),
    model: agent.model,
  });
  let end: CallEnd;
  try {
    end = await callAgent(loop, call);
  } finally {
    narrator.turnEnds();
  }
  if (plan.role === 'producer') await store.decisions.closeBlock();
  return end.kind === 'answered' ? endTurn(loop, turn, end) : interruptTurn(loop, turn, end);
}

/** Checked before every turn, so that nothing is spent beyond its bounds or after a stop. */
export function cannotStart(loop: Loop): Stop | null {
  if (loop.ports.stop.aborted) return STOPPED;
  const limit = exhausted(loop.state);
  return limit === null ? null : { status: 'paused', reason: `a limit is reached: ${limit}` };
}

/** An earlier turn may have taken away what this one is measured by. */
async function restoreArtifacts(loop: Loop, scope: Scope): Promise<void> {
  const paths = await loop.ports.store.artifacts.restore(scope, criteriaFor(scope.pair));
  if (paths.length === 0) return;
  await loop.notice('state_restored', 'an agent removed or emptied files that the run needs; restored', paths);
}

/** A session belongs to the agent that opened it. `owner`: the agent's own name, where the log tells one. */
function foreignSession({ record, name }: Session, agent: Agent, owner: string | undefined): Stop | null {
  const isAnother = owner !== undefined && owner !== agent.called;
  if (record.session_id === null || (record.provider === agent.provider && !isAnother)) return null;
  const [was, is] = [owner ?? record.provider, agent.called ?? agent.provider];
  const reason = `session ${name} is ${was}'s, but the configuration says ${is}: start a new run to switch, or set provider.name back`;
  return { status: 'fatal_error', reason };
}

async function startTurn(loop: Loop, plan: TurnPlan, by: { agent: Agent; session: Session }): Promise<RunTurn> {
  const { store } = loop.ports;
  const { scope, role, cycle, attempt } = plan;
  const { agent, session } = by;
  const before = (await loop.boundary?.begin()) ?? null;
  const baseline = loop.boundary === null || before === null ? null : await keepBaseline(loop, loop.boundary, before);
  const number = loop.state.lastTurn + 1;
  const artifactsBefore = await store.artifacts.fingerprint(scope);
  const criteriaBefore = await store.artifacts.readCriteria(scope);
  await loop.record({
    event_type: 'turn_started',
    pair: scope.pair,
    phase: role,
    cycle,
    attempt,
    phase_id: scope.phaseId,
    turn: number,
    provider: agent.provider,
    ...(agent.called === undefined ? {} : { agent: agent.called }),
    model: agent.model,
    session_id: session.record.session_id,
    baseline,
    head: before?.head ?? null,
    ...(before === null ? {} : { branch: before.branch }),
    artifacts: artifactsBefore,
    ticked: tickedIn(criteriaBefore ?? ''),
  });
  await logStart(loop, plan, by);
  const logFile = `${store.files.turns}/${String(number).padStart(4, '0')}-${scope.pair}-${role}.log`;
  return { plan, agent, session, logFile, artifactsBefore, criteriaBefore };
}

async function logStart(
  loop: Loop,
  plan: TurnPlan,
  { agent, session }: { agent: Agent; session: Session },
): Promise<void> {
  const { store } = loop.ports;
  const { scope, role, cycle, attempt, isRetry } = plan;
  const id = session.record.session_id;
  const where = { pair: scope.pair, phase: role, cycle, attempt };
  if (isRetry && (loop.state.active?.unreadable ?? 0) > 0) {
    await store.appendRawLog({ entry: 'loop_control_retry', ...where, body: loop.state.notes.join('\n\n') });
  }
  if (id === null && session.record.last_used_at !== null) {
    const detail = `no session id is stored for ${session.name}: a new conversation is started`;
    await loop.notice('session_missing', detail);
    await store.appendRawLog({
      entry: 'session_warning',
      ...where,
      body: 'No session id is stored: new conversation.',
    });
  }
  const mode = id === null ? 'start' : 'resume';
  const template = templateName(scope.pair, role);
  const body = `provider=${agent.provider}\nmode=${mode}\ntemplate=${template}\nsession_id=${id ?? ''}`;
  await store.appendRawLog({ entry: 'session_turn', ...where, thread_id: id, body });
}

async function callOf(loop: Loop, turn: RunTurn): Promise<AgentCall> {
  const { plan, agent, session, logFile } = turn;
  const note = pendingNote(loop, session);
  const phase = await phaseOf(loop, plan.scope);
  const checks = await harnessBlock(loop, plan.scope);
  return {
    agent,
    scope: plan.scope,
    resume: session.record.session_id,
    totalsBefore: ownValue(loop.state.sessions, session.name)?.totals ?? null,
    logFile,
    render: (resume) => promptFor(loop, { plan, agent, session, resume, note, phase, checks }),
    onSession: async (id) => {
      if (ownValue(loop.state.sessions, session.name)?.sessionId === id) return;
      const { pair, phaseId } = plan.scope;
      await loop.record({
        event_type: 'session_identified',
        pair,
        phase_id: phaseId,
        session: session.name,
        provider: agent.provider,
        ...(agent.called === undefined ? {} : { agent: agent.called }),
        session_id: id,
      });
      await saveSession(loop, session, { id, agent, note });
    },
  };
}
