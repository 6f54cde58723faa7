import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { squashMessage } from '../../../src/core/squash-message.ts';

const ids = { taskId: 'job', runId: 'run-20260101T000000Z-00000000' };
const TRAILERS = `Autoloop-Task: job\nAutoloop-Run: ${ids.runId}\n`;

describe('the message of a squash', () => {
  it('is the request: its first line, the rest, and the run', () => {
    const request = '# Let people log in\r\n\nBy name and password.\n';
    expect(squashMessage({ ...ids, request })).toBe(`Let people log in\n\nBy name and password.\n\n${TRAILERS}`);
  });

  it('tells what the audit found, without secrets', () => {
    const summary = 'All is there.\u0007 Token ghp_0123456789abcdefghijABCDEFGHIJ012345.';
    const message = squashMessage({ ...ids, request: 'Do it', summary });
    expect(message).toMatch(/^Do it\n\nAudit: All is there\. Token .*redacted.*\n\nAutoloop-Task/);
    expect(message).not.toContain('0123456789abc');
  });

  it('has a subject of at most 72 characters, and all of a longer line in its body', () => {
    const line = 'word '.repeat(30).trim();
    const [subject = '', , body] = squashMessage({ ...ids, request: line }).split('\n');
    expect(Array.from(subject).length).toBeLessThanOrEqual(72);
    expect(body).toBe(line);
  });

  it('says the task where nothing tells what was asked for', () => {
    expect(squashMessage({ ...ids, runId: null, request: null })).toBe('Task job\n\nAutoloop-Task: job\n');
  });

  it('has, of any request, one short subject and ends in its trailers', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (request) => {
        const message = squashMessage({ ...ids, request });
        const [subject = '', blank] = message.split('\n');
        expect(subject.trim()).not.toBe('');
        expect(Array.from(subject).length).toBeLessThanOrEqual(72);
        expect(blank).toBe('');
        expect(message.endsWith(`\n\n${TRAILERS}`)).toBe(true);
        expect(message).not.toMatch(/[\0\r\x1b]/);
      }),
    );
  });
});
