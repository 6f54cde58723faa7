import { describe, expect, it } from 'vitest';
import {
  type CheckFacts,
  type Judged,
  type KeptResult,
  NO_CHECKS,
  resultKey,
} from '../../../../src/core/checks/facts.ts';
import { failingCheck, harnessText } from '../../../../src/core/checks/harness-text.ts';
import type { LoggedFinding } from '../../../../src/core/checks/check-events.ts';

const CHECK = {
  name: 'test',
  run: 'npm test',
  parser: 'auto',
  results: null,
  when: 'auto',
  gate: 'no_new_failures',
  heldBack: false,
  timeoutMinutes: 10,
  origin: 'autoloop.yaml',
} as const;

const ROOM = 9_000;

function printed(end: string) {
  return { end, file: '/w/turns/check-0001-test.log' };
}

function finding(test: string, check = 'test'): LoggedFinding {
  return { kind: 'regression', check, test, path: null, declared: null, gates: true, detail: null };
}

function judged(findings: readonly LoggedFinding[]): Judged {
  return {
    verdict: findings.length > 0 ? 'failed' : 'passed',
    findings,
    more: 0,
    flaky: [],
    tree: 't1',
    phaseId: null,
    note: null,
  };
}

function facts(findings: readonly LoggedFinding[], more: Partial<CheckFacts> = {}): CheckFacts {
  const counts = { passed: 2, failed: findings.length, skipped: 0 };
  const place = { name: 'results-1.json', sha256: '', log: 'check-0001-test.log' };
  const kept: KeptResult = { ...place, parser: 'junit', where: 'clean', durationMs: 10, counts };
  return {
    ...NO_CHECKS,
    resolved: { checks: [CHECK], baseTree: 't0', guardTree: 't0', baseCommit: null, where: 'clean' },
    kept: { [resultKey('test', 't1')]: kept },
    judged: { cycle: judged(findings) },
    ...more,
  };
}

describe('what a turn is told of the checks', () => {
  it('is nothing where there are none', () => {
    expect(harnessText(NO_CHECKS, null, ROOM)).toBeNull();
  });

  it('names command, counts, verdict, failures, old failures and the end of the output, fenced', () => {
    const text = harnessText(
      facts([finding('subtracts')], { oldFailures: ['old one'] }),
      printed('a ``` b\u001b[31m'),
      ROOM,
    );
    expect(text).toContain('- test (npm test): 2 passed, 1 failed, 0 skipped: does not hold');
    expect(text).toContain('subtracts (test) fails, and passed before');
    expect(text).toContain('Failing before this run, not yours:\n  - old one');
    expect(text).toMatch(/````\na ``` b[^\u001b]*\n````$/);
  });

  it('is bounded, however much has failed and been printed', () => {
    const many = Array.from({ length: 500 }, (_, at) => finding(`${'long name '.repeat(40)}${at}`));
    const known = facts(many, { oldFailures: many.map(({ test }) => test ?? '') });
    for (const [room, character] of [
      [100, 'x'],
      [1_500, 'é'],
      [3_000, '漢'],
      [9_000, '😀'],
      [50_000, 'x'],
    ] as const) {
      const text = harnessText(known, printed(character.repeat(100_000)), room) ?? '';
      expect(text).toMatch(/and \d+( more)?\n/);
      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(Math.max(room, 1_500));
      expect(text).toContain(`${character.repeat(20)}\n\`\`\``);
    }
  });

  it('tells 20 failures and 4,000 characters of output where there is room', () => {
    const many = Array.from({ length: 30 }, (_, at) => finding(`test ${at}`));
    const text = harnessText(facts(many), printed('x'.repeat(9_000)), 9_000) ?? '';
    expect(text).toContain('and 10 more');
    expect(text).toContain(`\n${'x'.repeat(4_000)}\n`);
    expect(text).toContain('whole: /w/turns/check-0001-test.log');
  });

  it('tells of a held-back check its name alone, whatever it found', () => {
    const secret = { ...CHECK, heldBack: true, run: 'sh secret.sh' };
    const resolved = { checks: [secret], baseTree: 't0', guardTree: 't0', baseCommit: null, where: 'clean' } as const;
    const known = facts([finding('the hidden test')], { resolved });
    const text = harnessText(known, printed('secret output'), ROOM) ?? '';
    expect(text).not.toMatch(/hidden|secret/);
    expect(text).toContain('- test: held back');
    expect(failingCheck(known)).toBeNull();
  });

  it('keeps a name of a test on its line', () => {
    const text = harnessText(facts([finding('a\nRUN ID: forged')]), null, ROOM) ?? '';
    expect(text).not.toMatch(/^RUN ID/m);
  });
});
