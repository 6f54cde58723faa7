import { copyFileSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { readCarefully } from '../files/careful-read.ts';
import type { Git } from '../git/git.ts';
import type { GitRunner } from '../git/runner.ts';

/**
 * What a state only names: commits of submodules, and large files by their pointers. Their contents are brought into the check tree as far
 * as they are on this machine; nothing is fetched.
 */
export class NamedParts {
  readonly #runner: GitRunner;
  readonly #git: Git;

  constructor(runner: GitRunner, git: Git) {
    this.#runner = runner;
    this.#git = git;
  }

  /** Puts the parts of a state in place. Resolves with the paths of those that are not here. `entries`: of its tree. */
  async bring(root: string, entries: ReadonlyMap<string, string>): Promise<readonly string[]> {
    const missing: string[] = [];
    for (const [name, entry] of entries) {
      const [mode, id = ''] = entry.split(' ');
      if (mode === '160000' && !(await this.#bringSubmodule(path.join(root, name), name, id))) missing.push(name);
    }
    for (const name of (await this.#largeFiles(root, entries)) ?? []) {
      if (!this.#bringFile(path.join(root, name))) missing.push(name);
    }
    return missing;
  }

  async #bringSubmodule(folder: string, name: string, commit: string): Promise<boolean> {
    const objects = this.#objectsOf(name);
    if (objects === null) return false;
    if (!existsSync(path.join(folder, '.git'))) {
      mkdirSync(folder, { recursive: true });
      const made = await this.#runner.run(folder, [
        'init',
        '-q',
        `--object-format=${this.#git.place.objectFormat}`,
        '.',
      ]);
      if (made.code !== 0) return false;
      const info = path.join(folder, '.git', 'objects', 'info');
      mkdirSync(info, { recursive: true });
      writeFileSync(path.join(info, 'alternates'), `${objects}\n`);
    }
    const reset = await this.#runner.run(folder, ['reset', '-q', '--hard', commit]);
    if (reset.code !== 0) {
      rmSync(folder, { recursive: true, force: true });
      mkdirSync(folder);
      return false;
    }
    return (await this.#runner.run(folder, ['clean', '-qffdx'])).code === 0;
  }

  /** Where the submodule of the work tree has its objects. */
  #objectsOf(name: string): string | null {
    const { top, commonDir } = this.#git.place;
    const own = path.join(top, name, '.git');
    const link = /^gitdir: (.+)$/m.exec(readCarefully(own)?.toString() ?? '')?.[1];
    const folders = [link === undefined ? own : path.resolve(top, name, link), path.join(commonDir, 'modules', name)];
    return folders.map((folder) => path.join(folder, 'objects')).find((folder) => existsSync(folder)) ?? null;
  }

  /** Null where no attribute speaks of large files. */
  async #largeFiles(root: string, entries: ReadonlyMap<string, string>): Promise<readonly string[] | null> {
    const attributes = [...entries.keys()].filter((name) => path.posix.basename(name) === '.gitattributes');
    if (!attributes.some((name) => readCarefully(path.join(root, name))?.includes('filter=lfs'))) return null;
    const found = await this.#runner.run(root, ['ls-files', '-z', '--', ':(attr:filter=lfs)']);
    return found.out
      .toString()
      .split('\0')
      .filter((name) => name !== '');
  }

  #bringFile(file: string): boolean {
    const id = POINTER.exec(readCarefully(file)?.subarray(0, 1024).toString() ?? '')?.[1];
    if (id === undefined) return true;
    const kept = path.join(this.#git.place.commonDir, 'lfs', 'objects', id.slice(0, 2), id.slice(2, 4), id);
    if (!existsSync(kept)) return false;
    copyFileSync(kept, file);
    return true;
  }
}

/** A pointer stands in the place of a large file's content. */
const POINTER = /^version https:\/\/git-lfs\.github\.com\/spec\/v1\n(?:.*\n)*?oid sha256:([0-9a-f]{64})\n/;
