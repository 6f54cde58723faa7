import type { EndedTurn } from './boundary.ts';
import type { TurnPlan } from '../core/steps.ts';
import type { Agent } from './agent-port.ts';
import type { CallEnd } from './call.ts';
import { stopForSwitch, switchText } from './branch.ts';
import { noticeDropped } from './dropped.ts';
import type { GitPath } from './git-port.ts';
import { judgeTurn } from './judge.ts';
import type { Loop, Performed, Stop } from './loop.ts';
import { type Handled, mendArtifacts, noteMended } from './mend-artifacts.ts';
import { noticeStrays } from './recover.ts';
import { ownValue } from '../core/own-value.ts';
import { noticeCommitted } from './secrets.ts';
import { saveSession, type Session } from './session.ts';

/** A turn that was started and has run. */
export interface RunTurn {
  readonly plan: TurnPlan;
  readonly agent: Agent;
  readonly session: Session;
  readonly logFile: string;
  /** The artifacts as they were before the turn. */
  readonly artifactsBefore: string;
  /** See `Handled`. */
  readonly criteriaBefore: string | null;
}

type Answered = Extract<CallEnd, { kind: 'answered' }>;
type Stopped = Extract<CallEnd, { kind: 'stopped' }>;

/** A turn has come to its end: what it changed is looked at, its outcome decided and logged. */
export async function endTurn(loop: Loop, turn: RunTurn, end: Answered): Performed {
  const { plan, agent, session } = turn;
  const { report, cost } = end;
  await heal(loop);
  const mended = await mendArtifacts(loop, handled(turn));
  for (const warning of report.warnings) await loop.notice('agent_warning', warning);
  const ended = (await loop.boundary?.end()) ?? null;
  const changed = await hasChanged(loop, turn, ended);
  if (report.denied.length > 0 && !changed) {
    const reason = `${agent.provider} was denied what it needs, and changed nothing: ${report.denied.join('; ')}`;
    return interruptTurn(loop, turn, {
      kind: 'stopped',
      reason: 'permission',
      stop: { status: 'paused', reason },
      cost,
    });
  }
  await logOutput(loop, turn, report.text);
  if (plan.role === 'verifier') await noticeStrays(loop, plan, sourcesIn(loop, ended));
  const outcome = await judgeTurn(loop, plan, { text: report.text, changed, lostBoxes: mended.lost });
  await noteMended(loop, plan.scope, mended.notes);
  await loop.record({
    event_type: 'phase_finished',
    ...turnFields(turn),
    empty_output: report.text.trim() === '',
    outcome,
    ...cost,
  });
  const { notes } = loop.state;
  const note = notes.length > 0 ? notes.join('\n\n') : null;
  await saveSession(loop, session, { id: cost.session_id, agent, metadata: report.metadata, note });
  return ended === null ? null : noticeRepository(loop, ended);
}

/** A turn did not come to its end: what it had changed is recorded with hashes, and the run stops. */
export async function interruptTurn(loop: Loop, turn: RunTurn, end: Stopped): Performed {
  const { boundary, ports } = loop;
  await heal(loop);
  const mended = await mendArtifacts(loop, handled(turn));
  await noteMended(loop, turn.plan.scope, mended.notes);
  let edits: string | null = null;
  if (boundary !== null) {
    const ended = await boundary.end();
    const { before, after, changes } = ended;
    await noticeDropped(loop, ended);
    await noticeCommitted(loop, ended);
    if (changes.branchSwitch !== null) {
      boundary.stray();
      await loop.notice('left_on_branch', switchText(changes.branchSwitch, before.head));
    }
    const ours = changes.paths.filter((path) => !boundary.isOfTask(path));
    const dirty = new Map(ours.map((path) => [path, after.dirty.get(path) ?? 'clean']));
    edits = await ports.store.keep('edits', boundary.git.encode({ ...after, dirty }));
  }
  const { reason, stop, cost, until } = end;
  await loop.record({
    event_type: 'turn_interrupted',
    ...turnFields(turn),
    ...cost,
    reason,
    message: stop.reason ?? '',
    edits,
    ...(until === undefined ? {} : { until }),
  });
  return stop;
}

/** Whether an agent changed sources or the scope's artifacts; the loop's own files do not count. */
async function hasChanged(loop: Loop, turn: RunTurn, ended: EndedTurn | null): Promise<boolean> {
  const { store } = loop.ports;
  const { boundary } = loop;
  if ((await store.artifacts.fingerprint(turn.plan.scope)) !== turn.artifactsBefore) return true;
  if (boundary === null || ended === null) return store.changedSince(turn.logFile);
  return sourcesIn(loop, ended).length > 0;
}

/** State that an agent took away (a reset, a clean, a stash) is put back from memory before anything is added to it. */
async function heal(loop: Loop): Promise<void> {
  const restored = await loop.ports.store.heal();
  if (restored.length === 0) return;
  await loop.notice('state_restored', "the agent removed or reverted Autoloop's own state; restored", restored);
}

function sourcesIn({ boundary }: Loop, ended: EndedTurn | null): readonly GitPath[] {
  return boundary === null || ended === null ? [] : ended.changes.paths.filter((path) => !boundary.isState(path));
}

/** What an agent did to the repository itself. Only another branch stops the run. */
async function noticeRepository(loop: Loop, ended: EndedTurn): Promise<Stop | null> {
  const { boundary } = loop;
  const { before, after, changes } = ended;
  if (boundary === null) return null;
  await noticeDropped(loop, ended);
  if (changes.branchSwitch !== null) return stopForSwitch(loop, changes.branchSwitch, before.head);
  if (changes.headMoved) {
    await loop.notice('agent_committed', `${before.head ?? 'no commit'} -> ${after.head ?? 'no commit'}`);
    await noticeCommitted(loop, ended);
  }
  const vanished = changes.vanished.filter((path) => !boundary.isOfTask(path)).map((path) => boundary.git.show(path));
  if (vanished.length > 0) {
    const detail = 'files that were changed before this turn are gone or reverted after it';
    await loop.notice('edits_vanished', detail, vanished);
  }
  return null;
}

async function logOutput(loop: Loop, { plan, agent, session }: RunTurn, text: string): Promise<void> {
  await loop.ports.store.appendRawLog({
    entry: 'phase_output',
    pair: plan.scope.pair,
    phase: plan.role,
    process: `${agent.provider}-agent`,
    cycle: plan.cycle,
    attempt: plan.attempt,
    turn: loop.state.lastTurn,
    thread_id: ownValue(loop.state.sessions, session.name)?.sessionId ?? null,
    body: text.trim() === '' ? '[empty stdout]' : text,
  });
}

function handled({ plan, criteriaBefore }: RunTurn): Handled {
  return { scope: plan.scope, role: plan.role, criteriaBefore };
}

function turnFields({ plan }: RunTurn) {
  const { scope, role, cycle, attempt } = plan;
  return { pair: scope.pair, phase: role, cycle, attempt, phase_id: scope.phaseId } as const;
}
