import { describe, expect, it } from 'vitest';
import { replay } from '../../src/core/apply.ts';
import type { RunEvent } from '../../src/core/events.ts';
import type { Place, Played } from '../support/miniature/agents.ts';
import { FAILURE_MODES, type FailureMode, Fate } from '../support/miniature/failures.ts';
import { World, type WorldOptions } from '../support/miniature/world.ts';

/** Two phases, a question, a rejection and a follow-up. What a turn does depends on its place in the run alone. */
function story({ run, scope, role, cycle, nth }: Place): Played {
  const isFirst = run === 1 && cycle === 1;
  if (role === 'verifier') {
    const rejects = isFirst && scope.pair === 'implement' && scope.phaseId === 'a';
    return { says: rejects ? 'INCOMPLETE' : 'COMPLETE' };
  }
  if (scope.pair === 'plan' && isFirst && nth === 0)
    return { says: { question: 'Which one?' }, edits: { 'plan.txt': 'asked' } };
  if (scope.pair === 'audit') return { says: 'nothing', audit: run === 1 ? 'gaps' : 'clean' };
  const file = `${scope.pair}-${scope.phaseId ?? 'run'}.txt`;
  return { says: 'nothing', edits: { [file]: `run ${run} cycle ${cycle}`, 'yours.txt': 'the agent was here' } };
}

const VARIANTS: Readonly<Record<string, WorldOptions>> = {
  'answered by a person': { script: story, answer: 'the first' },
  'answered automatically': { script: story, runtime: { fullAutoAnswers: true } },
  'without git': { script: story, answer: 'the first', runtime: { useGit: false } },
  'with separate sessions and strict scope': {
    script: story,
    answer: 'the first',
    runtime: { verifierSession: 'separate', verifierScope: 'strict' },
  },
};

/** `yours.txt` was dirty before the run: it belongs to the operator, whatever the agents do to it. */
const worldOf = (options: WorldOptions) => new World({ ...options, files: { 'yours.txt': 'yours' } });

/** What must be the same however often the run was stopped. */
function told({ memory }: World) {
  const runs = [...memory.runs.values()].map(({ log }) => {
    const { completed, phases, finished, run, selection, followup } = replay(log);
    return {
      completed,
      phases,
      status: finished?.status,
      depth: run.depth,
      phaseIds: selection?.phaseIds,
      launched: followup?.launched,
    };
  });
  const subjects = memory.commits
    .filter(({ subject, recovered }) => !(recovered && subject.includes('verifier')))
    .map(({ subject }) => subject)
    .filter((subject) => !/finalize|pre-cycle|baseline/.test(subject))
    .filter((subject, index, all) => subject !== all[index - 1]);
  const files = [...memory.files].filter(([path]) => !path.startsWith('.autoloop/'));
  const committed = [...memory.committed].filter(([path]) => !path.startsWith('.autoloop/'));
  return { runs, subjects, files, committed };
}

describe.each(Object.keys(VARIANTS))('a run that fails at any operation and is resumed, %s', (name) => {
  const options = VARIANTS[name] ?? { script: story };

  it.each(FAILURE_MODES)('ends as if nothing had happened: %s', async (mode) => {
    const reference = worldOf(options);
    await reference.finish(new Fate());
    for (let at = 1, isOver = false; !isOver; at += 1) {
      const fate = new Fate(at, mode);
      const world = worldOf(options);
      await world.finish(fate);
      isOver = !fate.struck;
      check(world, { reference, mode, at });
    }
  });
});

function check(world: World, { reference, mode, at }: { reference: World; mode: FailureMode; at: number }): void {
  const where = `${mode} at operation ${at}`;
  expect(told(world), where).toEqual(told(reference));
  expect(world.memory.turns.length, `${where}: turns`).toBeLessThanOrEqual(reference.memory.turns.length + 1);
  expect(world.memory.committed.has('yours.txt'), `${where}: the operator's file was taken`).toBe(false);
  for (const { log } of world.memory.runs.values()) {
    expect(
      log.map(({ seq }) => seq),
      `${where}: seq`,
    ).toEqual(log.map((_, index) => index + 1));
    expect(repeated(log.flatMap(onceOnly)), `${where}: an event that says once came twice`).toEqual([]);
    expect(paidTwice(log), `${where}: a recorded turn was taken again`).toEqual([]);
  }
}

type Log = readonly RunEvent[];

function onceOnly(event: RunEvent): string[] {
  switch (event.event_type) {
    case 'phase_started':
    case 'phase_deferred':
    case 'phase_completed':
      return [`${event.event_type} ${event.phase_id}`];
    case 'phase_scope_resolved':
    case 'auto_followup_scheduled':
    case 'auto_followup_launched':
    case 'run_started':
    case 'audit_gaps_found':
      return [event.event_type];
    case 'pair_completed':
      return [`pair_completed ${event.pair} ${event.phase_id ?? ''}`];
    default:
      return [];
  }
}

function repeated(names: readonly string[]): string[] {
  return names.filter((name, index) => names.indexOf(name) !== index);
}

/** A turn that was finished for a place, and started again for the same place and attempt. */
function paidTwice(log: Log): string[] {
  const finished = log.flatMap((event) =>
    event.event_type === 'phase_finished'
      ? [`${event.pair} ${event.phase_id ?? ''} ${event.phase} ${event.cycle} ${event.attempt}`]
      : [],
  );
  return repeated(finished);
}
