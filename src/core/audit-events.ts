/** The follow-up run that an audit leads to, and how deep its chain is. */
export interface FollowupFacts {
  readonly followup_run_id: string;
  readonly followup_depth: number;
  readonly auto_followup_max_depth: number;
}

/** What an audit wrote, with the hashes of the texts that its verdict rests on. */
export interface AuditFiles {
  readonly pair: 'audit';
  readonly revised_request_path: string;
  readonly gap_report_path: string;
  readonly audit_result_path: string;
  readonly revised_request_sha256: string;
  readonly gap_report_sha256: string;
  readonly summary: string;
}

/** What an audit came to. */
export type AuditEvent =
  | { readonly event_type: 'audit_result_invalid'; readonly pair: 'audit'; readonly error: string }
  | ({ readonly event_type: 'audit_clean' } & AuditFiles)
  | ({ readonly event_type: 'audit_gaps_found' } & AuditFiles)
  | ({ readonly event_type: 'auto_followup_scheduled'; readonly pair: 'audit' } & FollowupFacts)
  | ({ readonly event_type: 'auto_followup_launched' } & FollowupFacts)
  | {
      readonly event_type: 'auto_followup_skipped';
      readonly pair: 'audit';
      readonly reason: 'auto_followup_disabled' | 'auto_followup_max_depth_reached' | 'implement_not_enabled';
      readonly followup_depth: number;
      readonly auto_followup_max_depth: number;
    };
