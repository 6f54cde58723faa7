import type { CommandSettings } from '../../core/settings.ts';
import { addUsage } from '../../core/totals.ts';
import { UNKNOWN_USAGE, type Usage } from '../../core/vocabulary.ts';
import { countOf, valueAt } from '../json.ts';
import { fillUsage, usageSince } from '../usage.ts';

const FIELDS = {
  inputTokens: 'input',
  cachedInputTokens: 'cached',
  outputTokens: 'output',
  reasoningTokens: 'reasoning',
  costUsd: 'cost',
} as const;

/** Collects the figures that a configured command prints, where the configuration says that they stand. */
export class CommandMeter {
  readonly #paths: Pick<CommandSettings, 'usage' | 'usageScope'>;
  #told: Usage = UNKNOWN_USAGE;

  constructor(paths: Pick<CommandSettings, 'usage' | 'usageScope'>) {
    this.#paths = paths;
  }

  /** Takes one document. Of a turn's or a session's figures the last ones count, those of steps are summed. */
  take(document: unknown): void {
    const { usage, usageScope } = this.#paths;
    const found: Record<keyof Usage, number | null> = { ...UNKNOWN_USAGE };
    for (const [field, name] of Object.entries(FIELDS) as [keyof Usage, (typeof FIELDS)[keyof Usage]][]) {
      const path = usage[name];
      found[field] = path === null ? null : countOf(valueAt(document, path));
    }
    this.#told = usageScope === 'step' ? addUsage(this.#told, found) : fillUsage(found, this.#told);
  }

  /** Of this turn, and of the session so far where the program counts that. `before`: what the session had told; null: unknown. */
  reading(before: Usage | null, isContinued: boolean): { readonly usage: Usage; readonly totals: Usage | null } {
    if (this.#paths.usageScope !== 'session') return { usage: this.#told, totals: null };
    return { usage: isContinued ? usageSince(this.#told, before) : this.#told, totals: this.#told };
  }
}
