import type { EventBody } from '../core/events.ts';
import type { Loop } from './loop.ts';

/** Reads what the audit pair left and says what follows from it (docs/protocol.md). */
export async function readAudit(loop: Loop): Promise<EventBody> {
  const { store } = loop.ports;
  const { verdict, revisedRequestSha256, gapReportSha256 } = await store.artifacts.readAuditResult();
  if (verdict.kind === 'invalid') return { event_type: 'audit_result_invalid', pair: 'audit', error: verdict.error };
  const folder = `${store.taskFolder}/runs/${loop.state.run.runId ?? ''}/artifacts/audit`;
  return {
    event_type: verdict.kind === 'clean' ? 'audit_clean' : 'audit_gaps_found',
    pair: 'audit',
    revised_request_path: `${folder}/revised_request.md`,
    gap_report_path: `${folder}/gap_report.md`,
    audit_result_path: `${folder}/audit_result.json`,
    revised_request_sha256: revisedRequestSha256,
    gap_report_sha256: gapReportSha256,
    summary: verdict.summary,
  };
}
