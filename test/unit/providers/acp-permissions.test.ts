import { realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { decide } from '../../../src/providers/acp/permissions.ts';

const ROOT = realpathSync(tmpdir());
const KINDS = ['allow_always', 'reject_always', 'reject_once', 'allow_once'];

function outcome(policy: 'workspace' | 'allow' | 'reject', kind: string | null, kinds: readonly string[] = KINDS) {
  const call = { title: 'T', kind, status: null, paths: ['a'], folders: [], isBlank: false };
  const options = kinds.map((each) => ({ optionId: `the ${each}`, name: 'Name', kind: each }));
  const decision = decide(policy, ROOT, { options }, call);
  return 'optionId' in decision.outcome ? decision.outcome.optionId : decision.outcome.outcome;
}

describe('what an agent asks for in the workspace', () => {
  it.each(['read', 'edit', 'delete', 'move', 'search', 'think', 'execute'])('is allowed once: %s', (kind) => {
    expect(outcome('workspace', kind)).toBe('the allow_once');
    expect(outcome('workspace', kind, ['reject_once', 'allow_always'])).toBe('the allow_always');
    expect(outcome('reject', kind)).toBe('the reject_once');
  });

  it.each(['fetch', 'switch_mode', 'other', 'of tomorrow', null])('is rejected once: %s', (kind) => {
    expect(outcome('workspace', kind)).toBe('the reject_once');
    expect(outcome('workspace', kind, ['allow_once', 'reject_always'])).toBe('the reject_always');
    expect(outcome('workspace', kind, ['allow_once', 'allow_always'])).toBe('cancelled');
    expect(outcome('allow', kind)).toBe('the allow_once');
  });
});
