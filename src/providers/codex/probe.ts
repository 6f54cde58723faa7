import { mkdirSync, readFileSync, realpathSync, renameSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { listOf, objectOf, parseJson } from '../json.ts';
import type { Ask } from '../program.ts';
import { shorten } from '../failure.ts';
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
 * `<cacheDir>/codex.json` for this program file in this version, so that they cost nothing the next time.
 */
export async function probeCodex(program: string, ask: Ask, cacheDir: string): Promise<CodexProbe> {
  const said = await ask(program, ['--version']);
  if (said.error !== null) return { version: null, capabilities: [], error: said.error };
  const version = /\d+\.\d+\.\d+[\w.-]*/.exec(said.stdout)?.[0] ?? null;
  const cache = new ProbeCache(path.join(cacheDir, 'codex.json'), program, version);
  const known = cache.read();
  if (known !== null) return { version, capabilities: known, error: null };

  const help = await ask(program, ['exec', '--help']);
  if (help.exitCode !== 0) return { version, capabilities: [], error: help.error ?? shorten(help.stderr) };
  const resumeHelp = await ask(program, ['exec', 'resume', '--help']);
  const capabilities = [
    ...optionsIn(help.stdout).map((option) => `exec ${option}`),
    ...optionsIn(resumeHelp.stdout).map((option) => `resume ${option}`),
    ...(isAtLeast(version, BOUNDED_RETRIES_SINCE) ? [BOUNDED_RETRIES] : []),
  ];
  cache.write(capabilities);
  return { version, capabilities, error: null };
}

/** The long options that a help text names, sorted. */
export function optionsIn(help: string): readonly string[] {
  return [...new Set(help.match(/(?<![\w-])--[a-z][a-z-]*[a-z]/g))].sort();
}

function isAtLeast(version: string | null, least: readonly [number, number, number]): boolean {
  const numbers = version?.split(/[.-]/).map(Number) ?? [];
  for (const [place, floor] of least.entries()) {
    const number = numbers[place] ?? Number.NaN;
    if (number !== floor) return number > floor;
  }
  return true;
}

/** A cache: whatever is wrong with it means that codex is asked again, and never that a run fails. */
class ProbeCache {
  readonly #file: string;
  readonly #program: string;
  readonly #version: string | null;

  constructor(file: string, program: string, version: string | null) {
    this.#file = file;
    this.#program = program;
    this.#version = version;
  }

  read(): readonly string[] | null {
    const entry = objectOf(this.#entries()[this.#program]);
    if (this.#version === null || entry === null || entry['installation'] !== this.#installation()) return null;
    const capabilities = listOf(entry['capabilities']).filter((item) => typeof item === 'string');
    return capabilities.length === 0 ? null : capabilities;
  }

  write(capabilities: readonly string[]): void {
    const entry = { installation: this.#installation(), capabilities };
    const entries = { ...this.#entries(), [this.#program]: entry };
    try {
      mkdirSync(path.dirname(this.#file), { recursive: true });
      const temporary = `${this.#file}.${process.pid}`;
      writeFileSync(temporary, `${JSON.stringify(entries, null, 2)}\n`);
      renameSync(temporary, this.#file);
    } catch {
      // Not remembered: the next run asks codex again, which takes 0.2 s.
    }
  }

  #entries(): Readonly<Record<string, unknown>> {
    try {
      return objectOf(parseJson(readFileSync(this.#file, 'utf8'))) ?? {};
    } catch {
      // No cache yet, or none that can be read: nothing is remembered.
      return {};
    }
  }

  /** A launcher's file stays the same when the program behind it changes, hence the version too. */
  #installation(): string | null {
    try {
      const file = realpathSync(this.#program);
      return `${file} ${this.#version ?? ''} ${statSync(file).mtimeMs}`;
    } catch {
      // The program went away meanwhile: nothing to remember.
      return null;
    }
  }
}
