import type { InterruptionReason, TurnCost } from '../core/events.ts';
import { timeText } from '../core/time-text.ts';
import { addUsage, laterTotals, NOTHING_USED } from '../core/totals.ts';
import { type Scope, UNKNOWN_USAGE, type Usage } from '../core/vocabulary.ts';
import { CONTRACT } from '../prompts/assets.ts';
import type { Loop, Stop } from './loop.ts';
import type { Agent, Failure, TurnReport } from './agent-port.ts';
import { afterFailure, type Tries } from './retry.ts';

export interface AgentCall {
  readonly agent: Agent;
  readonly scope: Scope;
  /** The session to go on with; null starts a new one. */
  readonly resume: string | null;
  readonly totalsBefore: Usage | null;
  readonly logFile: string;
  readonly render: (resume: string | null) => string;
  readonly onSession: (id: string) => Promise<void>;
}

export type CallEnd =
  | { readonly kind: 'answered'; readonly report: Extract<TurnReport, { kind: 'answered' }>; readonly cost: TurnCost }
  | {
      readonly kind: 'stopped';
      readonly reason: InterruptionReason;
      readonly stop: Stop;
      readonly cost: TurnCost;
      /** When the usage limit ends that it stopped for, ISO 8601. */
      readonly until?: string;
    };

/** One turn of an agent with the second chances that its failures deserve; none of them counts as a cycle. */
export async function callAgent(loop: Loop, call: AgentCall): Promise<CallEnd> {
  const { agent } = call;
  const { clock, stop } = loop.ports;
  const tries: Tries = { transient: 0, interrupted: 0, idle: 0, freshSession: 0, limitOver: 0 };
  let session: SessionSoFar = { id: call.resume, told: null };
  let usage: Usage = UNKNOWN_USAGE;
  let spentMs = 0; // of the agent alone: waiting costs nothing
  await waitForLimit(loop, loop.state.limitUntil);
  for (;;) {
    const begun = clock.now().getTime();
    const report = await watched(loop, () => agent.run({ ...turnCall(loop, call, session), stop }));
    spentMs += clock.now().getTime() - begun;
    usage = addUsage(usage, report.usage);
    session = sessionAfter(session, report);
    const cost: TurnCost = {
      duration_ms: spentMs,
      provider: agent.provider,
      model: agent.model,
      session_id: session.id,
      usage,
      session_totals: report.kind === 'answered' ? report.sessionTotals : session.told,
    };
    if (report.kind === 'answered') return { kind: 'answered', report, cost };
    const { failure } = report;
    await logFailure(loop, call, failure);
    const limits = { now: clock.now(), maxWaitMinutes: loop.settings.provider.maxWaitMinutes };
    const then = afterFailure(failure, tries, limits);
    if (then.do === 'stop') {
      const reason = stopReason(call, failure);
      return { kind: 'stopped', reason: then.reason, stop: { status: then.status, reason }, cost, ...untilOf(then) };
    }
    await loop.notice('provider_failure', named(agent, failure)); // One that ends the run is said at the end.
    if (then.do === 'again_in_new_session') {
      await recoverSession(loop, call, { failure, session: session.id });
      session = { id: null, told: null };
    } else if (then.do === 'wait_for_limit') {
      await loop.record({ event_type: 'limit_wait', until: then.until, message: failure.message });
      await waitForLimit(loop, then.until);
    } else {
      await clock.sleep(then.waitMs, stop);
    }
  }
}

function untilOf({ until }: { readonly until?: string }) {
  return until === undefined ? {} : { until };
}

/** Settings are a person's: a configuration file that appears or changes while an agent works is the agent's, and said to be. */
async function watched<T>(loop: Loop, work: () => Promise<T>): Promise<T> {
  const { ports } = loop;
  const watch = ports.store.configurationWatch;
  watch?.begin();
  const result = await work();
  const name = watch?.end() ?? null;
  if (name === null) return result;
  const what = `an agent changed ${name}: this run keeps its settings, and the next start asks you first`;
  await loop.notice('configuration_edited', what);
  return result;
}

/** The session that a turn is in, and the totals that the provider has told for it since the turn began. */
interface SessionSoFar {
  readonly id: string | null;
  readonly told: Usage | null;
}

function sessionAfter({ id, told }: SessionSoFar, report: TurnReport): SessionSoFar {
  const isSame = report.sessionId === null || report.sessionId === id;
  return { id: report.sessionId ?? id, told: laterTotals(isSame ? told : null, report.sessionTotals) };
}

function turnCall(loop: Loop, call: AgentCall, { id, told }: SessionSoFar) {
  const before = id === null || id !== call.resume ? NOTHING_USED : call.totalsBefore;
  return {
    prompt: call.render(id),
    promptAnew: () => call.render(null),
    contract: CONTRACT,
    resume: id,
    totalsBefore: laterTotals(before, told),
    logFile: call.logFile,
    onSession: call.onSession,
    onActivity: (activity: Parameters<Loop['ports']['narrator']['activity']>[0]) =>
      loop.ports.narrator.activity(activity),
  };
}

/** Waits until the end of a usage limit, saying each minute how long it still takes; a stop ends the wait. */
async function waitForLimit(loop: Loop, until: string | null): Promise<void> {
  const { clock, narrator, stop } = loop.ports;
  if (until === null) return;
  for (;;) {
    const left = Date.parse(until) - clock.now().getTime();
    if (!(left > 0) || stop.aborted) return;
    narrator.line(`[*] Waiting for the usage limit: ${Math.ceil(left / 60_000)} min left, until ${timeText(until)}`);
    await clock.sleep(Math.min(left, 60_000), stop);
  }
}

async function recoverSession(
  loop: Loop,
  call: AgentCall,
  { failure, session }: { failure: Failure; session: string | null },
): Promise<void> {
  const why = failure.class === 'context_full' ? 'its context is full' : 'the provider does not know it any more';
  await loop.notice('session_replaced', `a new session is started in place of ${session ?? 'the old one'}: ${why}`);
  await loop.ports.store.appendRawLog({
    entry: 'session_recovery',
    pair: call.scope.pair,
    thread_id: session,
    body: `${why}\n${failure.message}`,
  });
}

async function logFailure(loop: Loop, call: AgentCall, failure: Failure): Promise<void> {
  const { agent, scope } = call;
  await loop.ports.store.appendRawLog({
    entry: 'provider_failure',
    pair: scope.pair,
    process: `${agent.provider}-agent`,
    body: [`class=${failure.class}`, `exit_code=${failure.exitCode ?? 'none'}`, failure.message, ...failure.tail].join(
      '\n',
    ),
  });
}

function stopReason({ agent }: AgentCall, failure: Failure): string {
  const until = failure.resetsAt === null ? '' : ` (until ${timeText(failure.resetsAt)})`;
  const hint = failure.hint === null ? '' : `. ${failure.hint}`;
  const tail = failure.class === 'other' && failure.tail.length > 0 ? `\n${failure.tail.join('\n')}` : '';
  const words = named(agent, failure).replace(/\.$/, '');
  return `${words}${until}${hint}${tail}`;
}

/** The failure in the provider's words, with its name in front unless it names itself. */
function named({ provider }: Agent, { message }: Failure): string {
  return message.startsWith(provider) ? message : `${provider}: ${message}`;
}
