import { describe, expect, it } from 'vitest';
import { AUDIT_SEEDS, judgeAudit, type AuditOutput } from '../../../src/core/audit.ts';

const FILE = '/w/.autoloop/tasks/t/runs/run-20260101T000000Z-00000000/artifacts/audit/revised_request.md';

function result(changes: object = {}): string {
  return JSON.stringify({ material_gaps_found: true, summary: ' A gap. ', revised_request_path: FILE, ...changes });
}

function judge(changes: Partial<AuditOutput> = {}) {
  return judgeAudit({
    resultText: result(),
    revisedRequest: 'Close the gap.',
    gapReport: 'There is a gap.',
    revisedRequestPath: FILE,
    ...changes,
  });
}

describe('an audit', () => {
  it('finds gaps or none', () => {
    expect(judge()).toEqual({ kind: 'gaps', summary: 'A gap.' });
    expect(judge({ resultText: `\uFEFF${result({ material_gaps_found: false })}\n` })).toEqual({
      kind: 'clean',
      summary: 'A gap.',
    });
  });

  it.each([
    FILE,
    FILE.replace('/w/', '/w/./x/../'),
    FILE.slice('/w/'.length),
    `./${FILE.slice('/w/'.length)}`,
    'artifacts/audit/revised_request.md',
    'audit/revised_request.md',
    FILE.replace('/w/', '/another/machine/'),
    FILE.replaceAll('/', '\\').replace('\\w', 'C:\\w'),
  ])('points at the revised request of its run: %s', (path) => {
    expect(judge({ resultText: result({ revised_request_path: path }) }).kind).toBe('gaps');
  });

  it.each([
    'revised_request.md',
    './revised_request.md',
    '/w/revised_request.md',
    '/audit/revised_request.md',
    'docs/revised_request.md',
    FILE.replace('run-2026', 'run-2025'),
    FILE.replace('/w/', '').replace('run-2026', 'run-2025'),
    FILE.replace('revised_request', 'gap_report'),
    `${FILE}/x`,
    '',
    7,
    null,
  ])('is invalid when it points elsewhere: %s', (path) => {
    expect(judge({ resultText: result({ revised_request_path: path }) })).toEqual({
      kind: 'invalid',
      error: `revised_request_path in audit_result.json must be ${FILE}`,
    });
  });

  it.each([
    [null, 'audit_result.json is missing'],
    ['', 'audit_result.json has not been written'],
    [AUDIT_SEEDS['audit_result.json'], 'audit_result.json has not been written'],
    ['{', 'audit_result.json is not valid JSON'],
    ['[]', 'audit_result.json must hold a JSON object'],
    ['null', 'audit_result.json must hold a JSON object'],
    [result({ material_gaps_found: 'no' }), 'material_gaps_found in audit_result.json must be true or false'],
    [result({ summary: ' ' }), 'summary in audit_result.json must be a non-empty string'],
    [result({ summary: undefined }), 'summary in audit_result.json must be a non-empty string'],
  ])('is invalid with the result %j', (resultText, error) => {
    expect(judge({ resultText })).toEqual({ kind: 'invalid', error });
  });

  it.each([null, '', ' \n', 'seed'])('is invalid without a written report and request (%j)', (text) => {
    const gapReport = text === 'seed' ? AUDIT_SEEDS['gap_report.md'] : text;
    const revisedRequest = text === 'seed' ? AUDIT_SEEDS['revised_request.md'].trim() : text;
    expect(judge({ gapReport })).toEqual({ kind: 'invalid', error: 'gap_report.md has no content' });
    expect(judge({ revisedRequest })).toEqual({ kind: 'invalid', error: 'revised_request.md has no content' });
  });

  it('accepts another beginning of the path only for files of the state', () => {
    const moved = result({ revised_request_path: '/y/audit/revised_request.md' });
    expect(judge({ resultText: moved, revisedRequestPath: '/x/audit/revised_request.md' }).kind).toBe('invalid');
  });

  it('is told every fault at once', () => {
    expect(judge({ resultText: '{', gapReport: null, revisedRequest: null })).toEqual({
      kind: 'invalid',
      error: 'audit_result.json is not valid JSON; revised_request.md has no content; gap_report.md has no content',
    });
  });
});
