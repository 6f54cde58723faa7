import { optionsIn, ProbeCache, type ProbedProgram } from '../probe-cache.ts';
import type { Ask } from '../program.ts';

/**
 * The options that this claude's help lists, remembered for the next time; none where it has no help to give: a turn does without
 * those that an older release lacks.
 */
export async function claudeOptions(program: ProbedProgram, ask: Ask, cacheDir: string): Promise<readonly string[]> {
  const cache = new ProbeCache(cacheDir, program);
  const known = cache.read();
  if (known !== null) return known;
  const help = await ask(program.program, ['--help']);
  const options = help.exitCode === 0 ? optionsIn(help.stdout) : [];
  if (options.length > 0) cache.write(options);
  return options;
}
