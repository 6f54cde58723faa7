import { compareVersions } from '../../core/tested-versions.ts';
import { optionsIn, ProbeCache, type ProbedProgram } from '../probe-cache.ts';
import type { Ask } from '../program.ts';

/** How an older release is called does not change any more: it is not asked. */
const ASKED_SINCE = '2.1.331';

/**
 * The options that this claude's help lists, remembered for the next time; none of an older one, and where it has no help to give:
 * a turn does without.
 */
export async function claudeOptions(
  { version, ...program }: ProbedProgram & { readonly version: string | null },
  ask: Ask,
  cacheDir: string,
): Promise<readonly string[]> {
  if (version === null || compareVersions(version, ASKED_SINCE) < 0) return [];
  const cache = new ProbeCache(cacheDir, program);
  const known = cache.read(version);
  if (known !== null) return known;
  const help = await ask(program.program, ['--help']);
  const options = help.exitCode === 0 ? optionsIn(help.stdout) : [];
  if (options.length > 0) cache.write(version, options);
  return options;
}
