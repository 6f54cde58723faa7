import { testedText } from '../core/tested-versions.ts';
import { VERSION } from '../work/version.ts';
import { BUILT } from './built.ts';

/** What `--version` prints: the version alone, with `--verbose` also the commit that was built, its date, and the agents it was tested with. */
export function versionText(args: readonly string[]): string {
  if (!args.includes('--verbose')) return VERSION;
  return `${BUILT?.line ?? `autoloop ${VERSION} (sources, not built)`}\ntested with ${testedText()}`;
}
