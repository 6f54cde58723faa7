export type AuditVerdict =
  { readonly kind: 'clean' | 'gaps'; readonly summary: string } | { readonly kind: 'invalid'; readonly error: string };

/** What an audit left behind; null for a file that is not there. */
export interface AuditOutput {
  /** Text of audit_result.json. */
  readonly resultText: string | null;
  readonly revisedRequest: string | null;
  readonly gapReport: string | null;
  /** Absolute path of this run's revised_request.md. */
  readonly revisedRequestPath: string;
}

/** What the artifacts hold before the audit, as release 0.1.5 seeded them: it does not count as content. */
export const AUDIT_SEEDS = {
  'gap_report.md': '# gap_report.md\n',
  'revised_request.md': '# revised_request.md\n',
  'audit_result.json': '{}\n',
} as const;

/** Reads the result of an audit (spec: protocol.md, audit_result.json). */
export function judgeAudit(_output: AuditOutput): AuditVerdict {
  throw new Error('not written yet');
}
