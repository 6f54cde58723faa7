import type { PhasePlan } from '../../../src/core/phase-plan.ts';
import { scopeKey, scopeOf } from '../../../src/core/scope.ts';
import { type Pair, type Role, type Scope, UNKNOWN_USAGE } from '../../../src/core/vocabulary.ts';
import type { Agent, Failure, TurnReport } from '../../../src/run/agent-port.ts';
import type { Fate } from './failures.ts';
import { runMemory, type Memory, type RunMemory } from './memory.ts';

/** Where in its run a turn stands. `nth`: how many turns of this place have ended before it, the same after a lost one. */
export interface Place {
  readonly run: number;
  readonly scope: Scope;
  readonly role: Role;
  readonly cycle: number;
  readonly nth: number;
}

/** What a turn does at its place. */
export interface Played {
  readonly edits?: Readonly<Record<string, string>>;
  readonly says:
    'nothing' | 'blank' | 'unreadable' | 'COMPLETE' | 'INCOMPLETE' | 'BLOCKED' | { readonly question: string };
  readonly failure?: Failure['class'];
  readonly audit?: 'clean' | 'gaps' | 'missing';
  readonly costUsd?: number;
}

export type Script = (place: Place) => Played;

/** Agents that play a script. What they do is done before they answer, as with real ones. */
export function agentIn(
  memory: Memory,
  runId: string,
  { fate, script, phases }: { fate: Fate; script: Script; phases: readonly string[] },
): Agent {
  const run = runMemory(memory, runId);
  return {
    provider: 'codex',
    model: 'm',
    effort: null,
    run: async (turn): Promise<TurnReport> => {
      const id = turn.resume ?? `s${[...memory.runs.values()].reduce((sum, { sessions }) => sum + sessions.size, 0)}`;
      await turn.onSession(id);
      return fate.op(() => play({ memory, run, script, phases }, turn.prompt, id), false);
    },
  };
}

interface Stage {
  readonly memory: Memory;
  readonly run: RunMemory;
  readonly script: Script;
  readonly phases: readonly string[];
}

function play({ memory, run, script, phases }: Stage, prompt: string, sessionId: string): TurnReport {
  const answered = (text: string, costUsd: number | null = null): TurnReport => ({
    kind: 'answered',
    text,
    sessionId,
    usage: { ...UNKNOWN_USAGE, costUsd },
    sessionTotals: null,
    metadata: {},
    warnings: [],
    denied: [],
  });
  const place = placeOf(memory, run, prompt);
  const name = place === null ? 'auto-answer' : `${scopeKey(place.scope)} ${place.role} ${place.cycle}`;
  memory.turns.push({ runId: run.runId, name, prompt });
  if (place === null) return answered('Take the first.');
  const { edits = {}, says, failure, audit = 'clean', costUsd } = script(place);
  for (const [path, text] of Object.entries(edits)) memory.files.set(path, text);
  if (failure !== undefined) return { kind: 'failed', failure: failed(failure), sessionId, usage: UNKNOWN_USAGE };
  const key = scopeKey(place.scope);
  if (place.role === 'producer' && says === 'nothing') {
    run.artifacts.set(`${key}/notes.md`, 'notes');
    if (place.scope.pair === 'plan') run.plan = planOf(phases);
    if (place.scope.pair === 'audit' && audit !== 'missing') run.artifacts.set('audit/audit_result.json', audit);
  }
  if (says === 'COMPLETE') {
    const criteria = run.artifacts.get(`${key}/criteria.md`) ?? '';
    run.artifacts.set(`${key}/criteria.md`, criteria.replaceAll('[ ]', '[x]'));
  }
  return answered(textOf(says), costUsd ?? null);
}

function textOf(says: Played['says']): string {
  const control = (fields: object) =>
    `done\n<loop-control>\n${JSON.stringify({ schema: 'docloop.loop_control/v1', ...fields })}\n</loop-control>`;
  if (typeof says === 'object') return control({ kind: 'question', question: says.question });
  if (says === 'nothing') return 'done';
  if (says === 'blank') return '';
  if (says === 'unreadable') return '<loop-control>\n{bad\n</loop-control>';
  return control({ kind: 'promise', promise: says });
}

function placeOf(memory: Memory, run: RunMemory, prompt: string): Place | null {
  const field = (label: string) => new RegExp(`^${label}: (.*)$`, 'm').exec(prompt)?.[1];
  const pair = field('LOOP PAIR') as Pair | undefined;
  if (pair === undefined) return null;
  const role = field('PHASE ROLE') as Role;
  const cycle = Number(field('CYCLE'));
  const phaseId = /artifacts\/(?:implement|test):(.*)\/criteria\.md$/m.exec(prompt)?.[1] ?? null;
  const scope = scopeOf(pair, phaseId);
  const nth = run.log.filter(
    (event) =>
      event.event_type === 'phase_finished' &&
      event.phase === role &&
      event.cycle === cycle &&
      scopeKey(scopeOf(event.pair, event.phase_id)) === scopeKey(scope),
  ).length;
  return { run: [...memory.runs.keys()].indexOf(run.runId) + 1, scope, role, cycle, nth };
}

function planOf(phases: readonly string[]): PhasePlan {
  return {
    version: 1,
    taskId: 't',
    requestSnapshotRef: 'request.md',
    phases: phases.map((phaseId) => ({
      phaseId,
      title: phaseId,
      objective: 'o',
      status: 'planned',
      inScope: ['a'],
      outOfScope: [],
      dependencies: [],
      acceptanceCriteria: [],
      deliverables: ['d'],
      risks: [],
      rollback: [],
    })),
  };
}

function failed(kind: Failure['class']): Failure {
  return {
    class: kind,
    message: `a ${kind} failure`,
    hint: null,
    retryAfterMs: null,
    resetsAt: null,
    exitCode: 1,
    tail: [],
  };
}
