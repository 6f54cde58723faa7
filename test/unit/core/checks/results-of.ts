import type { Check } from '../../../../src/core/checks/check.ts';
import type { Sides } from '../../../../src/core/checks/crossing.ts';
import type { CheckResult, TestOutcome } from '../../../../src/core/checks/results.ts';
import type { Evidence, Judged } from '../../../../src/core/checks/judgement.ts';

export const CHECK: Check = {
  name: 'test',
  run: 'npm test',
  parser: 'junit',
  results: null,
  when: 'auto',
  gate: 'no_new_failures',
  heldBack: false,
  timeoutMinutes: 10,
  origin: 'autoloop.yaml',
};

const WORDS: Readonly<Record<string, TestOutcome>> = { p: 'passed', f: 'failed', s: 'skipped' };

/** A result from `{ name: 'p' | 'f' | 's' }`, with the exit code that goes with it. */
export function ran(tests: Readonly<Record<string, string>>, more: Partial<CheckResult> = {}): CheckResult {
  const outcomes = new Map(Object.entries(tests).map(([id, word]) => [id, WORDS[word] ?? 'failed']));
  const failed = [...outcomes.values()].includes('failed');
  return {
    ending: 'exited',
    exitCode: failed ? 1 : 0,
    durationMs: 100,
    tests: outcomes,
    files: new Map(),
    flaky: [],
    implausible: null,
    ...more,
  };
}

export function sides(base: CheckResult, now: CheckResult, crossed: Partial<Sides> = {}): Sides {
  return { base, now, oldOnNew: null, newOnOld: null, ...crossed };
}

export function evidence(judged: Sides | Judged, more: Partial<Evidence> = {}): Evidence {
  const one = 'check' in judged ? judged : { check: CHECK, sides: judged, later: null };
  return {
    at: 'end',
    phaseId: null,
    closesPhase: false,
    completedPhases: [],
    judged: [one],
    guards: [],
    declarations: [],
    accepted: [],
    ...more,
  };
}
