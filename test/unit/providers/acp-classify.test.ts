import { describe, expect, it } from 'vitest';
import { classifyRefusal } from '../../../src/providers/acp/classify.ts';
import { Refused } from '../../../src/providers/acp/conversation.ts';
import { RECIPES } from '../../../src/providers/acp/recipes.ts';
import { NOW } from './fakes.ts';

const AGENT = { program: 'gemini', login: '`gemini`', unknownSession: RECIPES.gemini.unknownSession };

function verdict(message: string, { code = -32603, data, method = 'session/prompt' }: Partial<Refused> = {}) {
  return classifyRefusal(new Refused(method, { code, message, data }), AGENT, NOW);
}

describe('an error that an agent answers with', () => {
  it.each<[string, string, Partial<Refused>]>([
    ['auth', 'Authentication required', { code: -32000 }],
    ['unknown_session', 'Resource not found', { code: -32002, method: 'session/load' }],
    [
      'unknown_session',
      'Internal error',
      { data: { details: 'Invalid session identifier "x".' }, method: 'session/resume' },
    ],
    ['unknown_session', 'No previous sessions found for this project.', { method: 'session/load' }],
    ['other', 'No previous sessions found for this project.', {}],
    ['other', 'Resource not found', { code: -32002 }],
    ['other', 'Internal error', { data: { details: 'Invalid session identifier "x".' } }],
    ['auth', 'Internal error', { data: { details: '401 bad key' } }],
    ['auth', 'Internal error', { data: { status: 403 } }],
    ['transient', 'Internal error: Too many requests', { data: { service: 'session', errorName: 'APIError' } }],
    ['transient', 'Internal error', { data: { error: { status: 503 } } }],
    ['limit', "You've hit your usage limit. Try again at 3pm.", {}],
    ['limit', 'Quota exceeded', { data: { status: 429 } }],
    ['context_full', 'prompt is too long: 250000 tokens', {}],
    ['bad_model', 'model "x" does not exist', { data: { status: 404 } }],
    ['other', 'Internal error', {}],
  ])('is %s: %s', (expected, message, more) => {
    expect(verdict(message, more).class).toBe(expected);
  });

  it('is told by its fields before its words', () => {
    expect(verdict('rate limit of the key', { data: { status: 401 } }).class).toBe('auth');
  });

  it('is never told by other texts that it carries', () => {
    const quoted = 'you have hit your usage limit';
    for (const data of [{ answer: quoted }, { message: quoted }, quoted, [quoted]])
      expect(verdict('Internal error', { data }).class).toBe('other');
  });

  it.each([
    [{ status: 429, 'retry-after': 7 }, 7000],
    [{ status: 429, headers: { 'Retry-After': '2' } }, 2000],
    [{ status: 429, retryAfterMs: 1500 }, 1500],
  ])('states a wait: %j', (data, wait) => {
    expect(verdict('Too many requests', { data }).retryAfterMs).toBe(wait);
  });

  it('names when a limit ends', () => {
    expect(verdict("You've hit your limit · resets 3pm").resetsAt?.getHours()).toBe(15);
  });
});
