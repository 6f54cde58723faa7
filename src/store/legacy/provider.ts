import type { ProviderName } from '../../core/vocabulary.ts';
import { peekJson } from '../json-files.ts';
import type { RunLayout } from '../layout.ts';
import { sessionFrom } from '../sessions.ts';

/**
 * The provider of a run whose log has no settings: what run.json says, else its plan session; releases that wrote neither knew
 * only codex. Reads only.
 */
export async function recordedProvider(layout: RunLayout): Promise<ProviderName> {
  const stated = (await peekJson(layout.metadata))?.provider;
  if (typeof stated === 'string') return stated as ProviderName;
  return sessionFrom((await peekJson(layout.session('plan'))) ?? {}).provider;
}
