import { shorten } from '../failure.ts';
import { optionsIn, ProbeCache } from '../probe-cache.ts';
import type { Ask } from '../program.ts';
import { BOUNDED_RETRIES } from './arguments.ts';

/** What this installation of codex is and can do. */
export interface CodexProbe {
  /** Null when it does not tell. */
  readonly version: string | null;
  /** Options by subcommand (`exec --json`, `resume --config`), and settings that the version knows. */
  readonly capabilities: readonly string[];
  /** Why it could not be asked; null when it could. */
  readonly error: string | null;
}

/** The oldest release in which the setting was seen to work. Others would warn about it in every turn. */
const BOUNDED_RETRIES_SINCE = [0, 169, 0] as const;

/**
 * Asks codex for its version and for the options of `exec` and `exec resume`. The options are remembered in
 * `<cacheDir>/codex.json` for this program file in this version, so that they cost nothing the next time. The first time all is asked at
 * once.
 */
export async function probeCodex(program: string, ask: Ask, cacheDir: string): Promise<CodexProbe> {
  const cache = new ProbeCache(cacheDir, { name: 'codex', program });
  const askHelp = () => Promise.all([ask(program, ['exec', '--help']), ask(program, ['exec', 'resume', '--help'])]);
  const [said, told] = await Promise.all([ask(program, ['--version']), cache.knows() ? null : askHelp()]);
  if (said.error !== null) return { version: null, capabilities: [], error: said.error };
  const version = /\d+\.\d+\.\d+[\w.-]*/.exec(said.stdout)?.[0] ?? null;
  const known = cache.read(version);
  if (known !== null) return { version, capabilities: known, error: null };

  const [help, resumeHelp] = told ?? (await askHelp());
  if (help.exitCode !== 0)
    return {
      version,
      capabilities: [],
      error: help.error ?? (shorten(help.stderr) || `it ends with exit code ${help.exitCode ?? 'none'}`),
    };
  const capabilities = [
    ...optionsIn(help.stdout).map((option) => `exec ${option}`),
    ...optionsIn(resumeHelp.stdout).map((option) => `resume ${option}`),
    ...(isAtLeast(version, BOUNDED_RETRIES_SINCE) ? [BOUNDED_RETRIES] : []),
  ];
  cache.write(version, capabilities);
  return { version, capabilities, error: null };
}

function isAtLeast(version: string | null, least: readonly [number, number, number]): boolean {
  const numbers = version?.split(/[.-]/).map(Number) ?? [];
  for (const [place, floor] of least.entries()) {
    const number = numbers[place] ?? Number.NaN;
    if (number !== floor) return number > floor;
  }
  return true;
}
