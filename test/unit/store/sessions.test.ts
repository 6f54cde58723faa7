import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sessionFrom } from '../../../src/store/run/run-documents.ts';
import { newSession } from '../../../src/core/session.ts';

describe('reading a session', () => {
  it('gives back what this program writes', () => {
    const codex = { ...newSession('codex', 'TS'), session_id: 's', thread_id: 's' };
    const overrides = { model_override: 'opus', effort_override: 'high' };
    const claude = { ...newSession('claude', 'TS'), ...overrides, session_id: 's' };
    expect(sessionFrom(codex)).toEqual(codex);
    expect(sessionFrom(claude)).toEqual(claude);
  });

  it('takes a file with only a thread_id for a session of codex', () => {
    const old = { mode: 'persistent', thread_id: 't', pending_clarification_note: null, created_at: 'TS' };
    expect(sessionFrom(old)).toMatchObject({ provider: 'codex', session_id: 't', thread_id: 't', last_used_at: null });
  });

  it('keeps the name of a provider that it does not know', () => {
    expect(sessionFrom({ provider: 'other', session_id: 's' })).toMatchObject({ provider: 'other', thread_id: null });
  });

  it('reads any object', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom('provider', 'session_id', 'provider_metadata'), fc.jsonValue()),
        (found) => {
          const session = sessionFrom(found);
          expect(sessionFrom({ ...session })).toEqual(session);
        },
      ),
    );
  });
});
