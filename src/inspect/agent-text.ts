import type { ProviderName } from '../core/vocabulary.ts';

/** The agent of a turn in words: `codex MODEL`, or `codex, its own default` where no setting names a model. */
export function agentText(provider: ProviderName, model: string | null): string {
  if (model !== null) return `${provider} ${model}`;
  return provider === 'codex' || provider === 'claude' ? `${provider}, its own default` : provider;
}
