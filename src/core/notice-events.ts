/** Events that tell a person something and that do not move the run. All are ours: other implementations pass over them. */
export type NoticeEvent =
  /** `detail` says it, but for two kinds whole (docs/events.md). */
  | ({ readonly event_type: 'noticed'; readonly kind: string; readonly detail: string } & {
      readonly paths?: readonly string[];
    })
  /** Waiting for a usage limit that ends at `until` (ISO 8601), so that a resumed run waits on or goes on. */
  | { readonly event_type: 'limit_wait'; readonly until: string; readonly message: string };
