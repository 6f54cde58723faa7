import { describe, expect, it } from 'vitest';
import { deedText } from '../../../src/inspect/deed-text.ts';

describe('what an agent does, in words', () => {
  it.each([
    ['command', 'ls /w/src', 'runs ls src'],
    ['file', '/w/.autoloop/tasks/t/runs/r/artifacts/plan/plan.md', 'changes …/artifacts/plan/plan.md'],
    ['message', 'done\nnow', 'says done now'],
    ['notice', 'waits', 'waits'],
  ] as const)('is told for a %s', (kind, text, told) => {
    expect(deedText({ kind, text }, '/w')).toBe(told);
  });

  it.each(['command', 'file', 'message', 'notice'] as const)('has no secret, in a %s either', (kind) => {
    const told = deedText(
      { kind, text: "curl -H 'Authorization: Bearer Abcdefghij0123456789' https://me:pass@host/" },
      '/w',
    );
    expect(told).toContain(
      "curl -H 'Authorization: Bearer [redacted credentials]' https://[redacted credentials]@host/",
    );
  });

  it('is cut where it is long, behind a secret that is cut in two otherwise', () => {
    const told = deedText({ kind: 'command', text: `${'x '.repeat(90)}ghp_${'a1'.repeat(18)}` }, '/w');
    expect(told).not.toContain('ghp_');
  });
});
