import { realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import { ownValue } from '../core/own-value.ts';
import { readCached, writeCached } from '../files/cache-file.ts';
import { listOf, objectOf } from './json.ts';

/** Which program is asked. */
export interface ProbedProgram {
  readonly name: string;
  /** Absolute path. */
  readonly program: string;
}

/** The long options that a help text names, sorted. */
export function optionsIn(help: string): readonly string[] {
  return [...new Set(help.match(/(?<![\w-])--[a-z][a-z-]*[a-z]/g))].sort();
}

/**
 * What a program's help lists, in `<cacheDir>/<name>.json`, for this program file in one version, and nothing where it tells none. Whatever
 * is wrong with it means that the program is asked again, and never that a run fails.
 */
export class ProbeCache {
  readonly #file: string;
  readonly #program: string;

  constructor(cacheDir: string, { name, program }: ProbedProgram) {
    this.#file = path.join(cacheDir, `${name}.json`);
    this.#program = program;
  }

  /** Whether it was asked before, in whichever version: most likely it need not be asked again. */
  knows(): boolean {
    return ownValue(readCached(this.#file), this.#program) !== undefined;
  }

  /** Null: not known. */
  read(version: string | null): readonly string[] | null {
    const entry = objectOf(ownValue(readCached(this.#file), this.#program));
    if (version === null || entry === null || entry['installation'] !== this.#installation(version)) return null;
    const capabilities = listOf(entry['capabilities']).filter((item) => typeof item === 'string');
    return capabilities.length === 0 ? null : capabilities;
  }

  write(version: string | null, capabilities: readonly string[]): void {
    if (version === null) return;
    const entry = { installation: this.#installation(version), capabilities };
    writeCached(this.#file, { ...readCached(this.#file), [this.#program]: entry });
  }

  /** A launcher's file stays the same when the program behind it changes, hence the version too. */
  #installation(version: string): string | null {
    try {
      const file = realpathSync(this.#program);
      return `${file} ${version} ${statSync(file).mtimeMs}`;
    } catch {
      // The program went away meanwhile: nothing to remember.
      return null;
    }
  }
}
