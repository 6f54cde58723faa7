import type { ProviderName } from '../core/vocabulary.ts';

/**
 * The agent of a turn in words: `codex MODEL`, or `codex, its own default` where no setting names a model. `called`: its own name,
 * where the provider's is not it.
 */
export function agentText(provider: ProviderName, model: string | null, called: string = provider): string {
  if (model !== null) return `${called} ${model}`;
  return provider === 'codex' || provider === 'claude' ? `${called}, its own default` : called;
}
