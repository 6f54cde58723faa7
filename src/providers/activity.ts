import type { ProviderName } from '../core/vocabulary.ts';
import type { ActivityReader, Provider } from './provider.ts';
import { PROVIDERS } from './registry.ts';

/** As logs name them: a newer release may have written one that this one does not know. */
const KNOWN: Readonly<Partial<Record<string, Provider>>> = PROVIDERS;

/** Reads the lines of a turn's log as the provider that printed them means them, once each: what is said twice in a row is said once. */
export function activityReader(provider: ProviderName): ActivityReader {
  return sayingOnce(KNOWN[provider]?.activity() ?? (() => []));
}

function sayingOnce(read: ActivityReader): ActivityReader {
  let last = '';
  return (line) =>
    read(line).filter((deed) => {
      const said = `${deed.kind} ${deed.text}`;
      const isNew = said !== last;
      last = said;
      return isNew;
    });
}
