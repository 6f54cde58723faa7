import { phaseKey } from '../../../src/core/ids.ts';
import { Problem } from '../../../src/core/problem.ts';
import { type Role, type ProviderName, type Usage, UNKNOWN_USAGE } from '../../../src/core/vocabulary.ts';
import { PROVIDERS } from '../../../src/providers/registry.ts';
import type { Agent, FailureClass, TurnCall, TurnReport } from '../../../src/run/agent-port.ts';
import { decisionBlocks, decisionText } from './decisions.ts';
import type { Call, Disk } from './disk.ts';
import type { Operations } from './operations.ts';
import { readPrompt } from './prompt.ts';
import type { Play, Script, Turn } from './script.ts';
import { runFolder, WORKSPACE } from './store.ts';

export interface Actor {
  readonly disk: Disk;
  readonly operations: Operations;
  readonly script: Script;
  readonly runId: string;
  readonly provider: ProviderName;
}

/** An agent that follows the script. Whatever it does to the workspace is an operation of its own. */
export function actor(stage: Actor): Agent {
  const { sessions } = PROVIDERS[stage.provider];
  return { provider: stage.provider, model: null, effort: null, sessions, run: (call) => act(stage, call) };
}

async function act(stage: Actor, call: TurnCall): Promise<TurnReport> {
  const { operations, disk } = stage;
  if (call.stop.aborted) return failed('stopped', call.resume);
  const session = call.resume ?? `session-${(disk.ids += 1)}`;
  try {
    const turn = turnOf(stage, call.prompt);
    const play = turn === null ? stage.script.answer(questionIn(call.prompt)) : stage.script.play(turn);
    await operations.write('agent starts', () => disk.calls.push(callOf(stage, call)));
    if (play.fails === 'unknown_session' && call.resume !== null) return failed('unknown_session', session);
    const told = await settled(call.onSession(session));
    const rest = await perform(stage, play, turn, call.stop);
    if (told !== null) throw told;
    return rest === 'stopped' ? failed('stopped', session) : reportOf(play, session);
  } catch (error) {
    // A disk that fails an agent is a failure of the agent; one that fails the loop is the loop's to handle.
    if (error instanceof Problem && operations.struck?.startsWith('agent') === true) return failed('other', session);
    throw error;
  }
}

/** An agent works on while its session cannot be stored; then the turn rejects. */
async function settled(told: Promise<void>): Promise<Problem | null> {
  try {
    await told;
    return null;
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
}

async function perform({ disk, operations, runId }: Actor, play: Play, turn: Turn | null, stop: AbortSignal) {
  const folder = turn?.folder.slice(WORKSPACE.length + 1) ?? '';
  const writes = new Map<string, string | null>(Object.entries(play.edits ?? {}));
  for (const [name, text] of Object.entries(play.artifacts ?? {})) writes.set(`${folder}/${name}`, text);
  if (play.ticks === true) {
    const criteria = `${folder}/criteria.md`;
    writes.set(criteria, (disk.files.get(criteria) ?? '').replaceAll('[ ]', '[x]'));
  }
  if (play.decision !== undefined) {
    const ledger = `${runFolder(runId)}/decisions.txt`;
    const blocks = decisionBlocks(disk.files.get(ledger));
    const last = blocks.at(-1);
    if (last !== undefined)
      writes.set(ledger, decisionText([...blocks.slice(0, -1), { ...last, text: play.decision }]));
  }
  for (const [path, text] of writes) {
    if (stop.aborted) return 'stopped';
    await operations.write(`agent writes ${path}`, () => disk.put(path, text));
  }
  for (const command of play.sends ?? []) await operations.write('somebody sends a command', () => disk.send(command));
  await operations.look('agent ends', () => undefined);
  return stop.aborted ? 'stopped' : 'done';
}

function reportOf(play: Play, sessionId: string): TurnReport {
  if (play.fails !== undefined) return failed(play.fails, sessionId);
  return {
    kind: 'answered',
    text: play.says,
    sessionId,
    usage: USAGE,
    sessionTotals: null,
    metadata: {},
    warnings: [],
    denied: [],
  };
}

const USAGE: Usage = { ...UNKNOWN_USAGE, inputTokens: 100, outputTokens: 10, costUsd: 0.25 };

function failed(kind: FailureClass, sessionId: string | null): TurnReport {
  const failure = {
    class: kind,
    message: `the agent failed: ${kind}`,
    hint: null,
    retryAfterMs: null,
    resetsAt: null,
    exitCode: 1,
    tail: [],
  };
  return { kind: 'failed', failure, sessionId, usage: UNKNOWN_USAGE, sessionTotals: null };
}

/** Null for an automatic answer. */
function turnOf({ disk, runId }: Actor, prompt: string): Turn | null {
  const facts = readPrompt(prompt);
  if (facts === null) return null;
  const { pair, phase, role, cycle, folder } = facts;
  const finished = (disk.logs.get(runId) ?? []).filter(
    (event) =>
      event.event_type === 'phase_finished' &&
      event.pair === pair &&
      keyOfPhase(event.phase_id) === phase &&
      event.phase === role &&
      event.cycle === cycle,
  );
  const calls = disk.calls.filter(
    (one) =>
      one.runId === runId && one.pair === pair && one.phase === phase && one.role === role && one.cycle === cycle,
  );
  const run = [...disk.logs.keys()].indexOf(runId);
  return { run, pair, phase, role, cycle, nth: finished.length, calls: calls.length - finished.length, folder };
}

/** Agents know a phase by its folder. */
export function keyOfPhase(phaseId: string | null | undefined): string | null {
  return phaseId === null || phaseId === undefined ? null : phaseKey(phaseId);
}

function callOf({ runId }: Actor, { prompt, resume }: TurnCall): Call {
  const facts = readPrompt(prompt);
  if (facts === null) {
    return { runId, pair: null, phase: null, role: null, cycle: 0, attempt: 0, note: null, session: resume };
  }
  const { pair, phase, cycle, attempt, note } = facts;
  const role: Role = facts.role;
  return { runId, pair, phase, role, cycle, attempt, note, session: resume };
}

function questionIn(prompt: string): string {
  return /^QUESTION TO ANSWER:\n([\s\S]*?)\nEND OF QUESTION TO ANSWER$/m.exec(prompt)?.[1]?.trim() ?? prompt;
}
