import { describe, expect, it } from 'vitest';
import type { StatusDocument } from '../../../src/inspect/status-document.ts';
import { needOf } from '../../../src/web/page/need.ts';

function needIn(status: string, waiting: string | null, followup: string | null = null): string {
  const document = { status, waiting: waiting && { kind: waiting }, chain: { followup_run_id: followup } };
  const { isPerson, text } = needOf(document as unknown as StatusDocument);
  return `${isPerson ? '!' : '-'} ${text}`;
}

describe('whether a run needs a person', () => {
  it.each([
    ['running', null, '- Nobody is needed'],
    ['starting', null, '- Nobody is needed'],
    ['running', 'question', '! You are needed'],
    ['running', 'approval', '! You are needed'],
    ['running', 'limit', '- Nobody is needed'],
    ['paused', 'question', '! You are needed'],
    ['paused', 'limit', '! You are needed'],
    ['paused', null, '! You are needed'],
    ['blocked', null, '! You are needed'],
    ['failed', null, '! You are needed'],
    ['crashed', null, '! You are needed'],
    ['unverified', null, '! You are needed'],
    ['needs_followup', null, '! You are needed'],
    ['success', null, '- Nothing is left to do'],
  ])('%s, waiting for %s', (status, waiting, expected) => {
    expect(needIn(status, waiting)).toBe(expected);
  });

  it('is not so where another run goes on with it', () => {
    expect(needIn('needs_followup', null, 'run-20260101T000000Z-00000000')).toBe('- It goes on in its follow-up');
  });
});
