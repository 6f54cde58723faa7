import { mkdirSync, readFileSync, realpathSync, renameSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { listOf, objectOf, parseJson } from './json.ts';
import { ownValue } from '../core/own-value.ts';

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
    return ownValue(this.#entries(), this.#program) !== undefined;
  }

  /** Null: not known. */
  read(version: string | null): readonly string[] | null {
    const entry = objectOf(ownValue(this.#entries(), this.#program));
    if (version === null || entry === null || entry['installation'] !== this.#installation(version)) return null;
    const capabilities = listOf(entry['capabilities']).filter((item) => typeof item === 'string');
    return capabilities.length === 0 ? null : capabilities;
  }

  write(version: string | null, capabilities: readonly string[]): void {
    if (version === null) return;
    const entry = { installation: this.#installation(version), capabilities };
    const entries = { ...this.#entries(), [this.#program]: entry };
    try {
      mkdirSync(path.dirname(this.#file), { recursive: true });
      const temporary = `${this.#file}.${process.pid}`;
      writeFileSync(temporary, `${JSON.stringify(entries, null, 2)}\n`);
      renameSync(temporary, this.#file);
    } catch {
      // Not remembered: the next run asks again, which takes 0.2 s.
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
