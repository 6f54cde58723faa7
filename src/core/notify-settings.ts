/** What a person is told of while they do not look. */
export const NOTICE_KINDS = ['question', 'approval', 'paused', 'blocked', 'failed', 'crashed', 'finished'] as const;
export type NoticeTopic = (typeof NOTICE_KINDS)[number];

export const WEBHOOK_FORMATS = ['json', 'ntfy', 'slack', 'telegram'] as const;
export type WebhookFormat = (typeof WEBHOOK_FORMATS)[number];

/** Whom to tell, of what. */
export interface NotifySettings {
  readonly on: readonly NoticeTopic[];
  /** Null: none. */
  readonly command: readonly string[] | null;
  readonly desktop: boolean;
  readonly webhooks: readonly {
    /** The environment variable that holds the address. */
    readonly urlEnv: string;
    readonly format: WebhookFormat;
    readonly chat: string | null;
  }[];
  readonly pageUrl: string | null;
}
