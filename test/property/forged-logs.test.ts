import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { apply, replay } from '../../src/core/apply.ts';
import type { EventBody, EventOf, EventType, RunEvent } from '../../src/core/events.ts';
import { impossibility } from '../../src/core/history-check.ts';
import { next } from '../../src/core/next.ts';
import type { RunState } from '../../src/core/state.ts';
import { tries } from '../support/tries.ts';

const LOGS = fileURLToPath(new URL('../history/logs/', import.meta.url));
const logs = ['0.2.0', 'after-0.2.0']
  .flatMap((release) => readdirSync(path.join(LOGS, release)).map((name) => path.join(LOGS, release, name)))
  .filter((file) => file.endsWith('.jsonl'))
  .map((file) => readFileSync(file, 'utf8').trimEnd().split('\n'))
  .map((lines) => lines.map((line) => JSON.parse(line) as RunEvent));

/** Every kind of event that a log holds, each once. */
const known = [...new Map(logs.flat().map((event) => [event.event_type, event])).values()];

const judged = (at: 'base' | 'cycle' | 'pair' | 'end'): EventOf<'checks_judged'> => ({
  event_type: 'checks_judged',
  ...{
    at,
    verdict: 'passed',
    new_failures: [],
    findings: [],
    more: 0,
    flaky: [],
    note: null,
    tree: '',
    phase_id: null,
  },
});
const phase = { pair: 'test', phase_id: '', phase_mode: 'single' } as const;
const end = { event_type: 'run_finished', exit_code: 0, followup_run_id: null } as const;
const rest = { parent_run_id: null, followup_depth: 0 };

/** What somebody would write who wants a run to be over. */
const wanted: readonly EventBody[] = [
  ...(['base', 'cycle', 'pair', 'end'] as const).map(judged),
  ...(['success', 'unverified', 'needs_followup', 'failed'] as const).map((status) => ({ ...end, status, ...rest })),
  { event_type: 'evidence_reported', verified: true, criteria: [], report_sha256: '' },
  {
    event_type: 'approval_given',
    what: 'plan',
    verdict: 'approved',
    sha256: '',
    text: null,
    by: 'cli',
    command_id: null,
  },
  { event_type: 'phase_completed', ...phase },
  { event_type: 'audit_clean', pair: 'audit' } as EventBody,
];

/** What counts as work that was done or looked at. */
function merits(state: RunState): Readonly<Record<string, unknown>> {
  const { completed, phases, checks, audit, approval, finished, active, completionCommitted } = state;
  // A person may have the base judged anew at any time.
  const verdicts = Object.entries(checks.judged).map(([at, { verdict }]): [string, boolean] => [
    `judged ${at}`,
    verdict === 'passed' && at !== 'base',
  ]);
  return {
    ...Object.fromEntries(completed.map((key) => [`completed ${key}`, true])),
    ...Object.fromEntries(Object.entries(phases).map(([id, { status }]) => [`phase ${id}`, status === 'completed'])),
    ...Object.fromEntries(verdicts),
    audited: audit.result === 'clean',
    approved: approval.approved !== null,
    verified: checks.reported?.verified === true,
    succeeded: finished?.status === 'success' || finished?.status === 'unverified',
    committed: completionCommitted,
    [`verdict in ${active?.scope.pair} ${active?.cycle}`]: active?.turn?.outcome?.kind === 'verdict',
  };
}

/** What the step that is due may bring. */
function due(state: RunState): RegExp {
  const step = next(state);
  switch (step.do) {
    case 'record':
      return new RegExp(
        { pair_completed: '^completed', phase_completed: '^phase' }[step.event.event_type as string] ?? '^$',
      );
    case 'check':
      return new RegExp(`^judged ${step.at}`);
    case 'take_turn':
      return /^verdict in/;
    case 'await_approval':
      return /^approved/;
    case 'read_audit_result':
      return /^audited/;
    case 'report_evidence':
      return /^verified/;
    case 'checkpoint':
      return step.checkpoint.kind === 'completion' ? /^committed/ : /^$/;
    case 'finish':
      return /^succeeded/;
    default:
      return /^$/;
  }
}

/** The event as if it had happened in the pair that is open. */
function moved(body: EventBody, state: RunState, isMoved: boolean): RunEvent {
  const { active, seq, selection, approval } = state;
  const phaseId = active?.scope.phaseId ?? selection?.phaseIds[0] ?? null;
  const turn = active?.turn;
  const where = { pair: active?.scope.pair, phase_id: phaseId, cycle: active?.cycle, attempt: active?.attempt };
  const here = {
    ...(isMoved
      ? Object.fromEntries(Object.entries(where).filter(([key, to]) => key in body && to !== undefined))
      : {}),
    ...(isMoved && 'phase' in body && turn ? { phase: turn.role } : {}),
    ...(body.event_type === 'approval_given' && approval.asked !== null ? { sha256: approval.asked } : {}),
  };
  return { ts: '2026-11-23T18:49:54.258000+00:00', run_id: 'r', ...body, ...here, seq: seq + 1 };
}

const forged = fc.record({
  log: fc.nat(),
  at: fc.nat(),
  body: fc.oneof(fc.constantFrom(...wanted), fc.constantFrom<EventBody>(...known)),
  isMoved: fc.boolean(),
});

/** Those may stand at any place, as far as anybody can tell: they say that a run was taken up again, as it then was. */
const OPENINGS: readonly EventType[] = ['run_started', 'run_resumed', 'run_rewound'];

describe('one event that is put into a log', () => {
  it('is refused, or brings nothing but what the step that was due brings', () => {
    fc.assert(
      fc.property(forged, ({ log, at, body, isMoved }) => {
        fc.pre(!OPENINGS.includes(body.event_type));
        const events = logs[log % logs.length] ?? [];
        const before = replay(events.slice(0, 1 + (at % events.length)));
        const event = moved(body, before, isMoved);
        if (impossibility(before, event) !== null) return;
        const had = merits(before);
        const gained = Object.entries(merits(apply(before, event))).filter(
          ([key, has]) => has === true && had[key] !== true,
        );
        expect(gained.map(([key]) => key).filter((key) => !due(before).test(key))).toEqual([]);
      }),
      { numRuns: tries(8000) },
    );
  });

  it('is refused where it takes another one’s place', () => {
    const taken = new Set<string>();
    for (const events of logs) {
      let state = replay([]);
      for (const [index, event] of events.entries()) {
        const later = events[index + 1];
        if (
          later !== undefined &&
          isStep(event) &&
          isStep(later) &&
          impossibility(state, { ...later, seq: event.seq }) === null
        )
          taken.add(`${later.event_type} before ${event.event_type}`);
        state = apply(state, event);
      }
    }
    expect([...taken]).toEqual([]);
  });
});

/** Whether an event ends a step; what people and agents do in between may come in any order. */
function isStep({ event_type: type }: RunEvent): boolean {
  return !/^(?:run_|noticed|commanded|limit_wait|turn_interrupted|session_identified|check_started|checks_resolved|verifier_edited|clarified|evidence_reported)/.test(
    type,
  );
}
