import type { GitPath } from '../run/git-port.ts';
import { names } from './coverage.ts';
import type { Git } from './git.ts';
import { dependencyFolder } from './selection.ts';

/** Dependency folders that turned up, and whether HEAD has them. */
export class DependencyFolders {
  readonly #git: Git;
  readonly #inHead = new Map<GitPath, boolean>();

  constructor(git: Git) {
    this.#git = git;
  }

  /** Asks once for each new folder. One process. */
  async learn(paths: readonly GitPath[], isNew: (file: GitPath) => boolean): Promise<void> {
    const unknown = new Set<GitPath>();
    for (const file of paths) {
      const folder = dependencyFolder(file, this.#git.place.prefix);
      if (folder !== null && !this.#inHead.has(folder) && isNew(file)) unknown.add(folder);
    }
    if (unknown.size === 0) return;
    const head = await this.#git.headCommit();
    const tree = ['ls-tree', '-r', '-d', '-z', '--name-only', head ?? this.#git.emptyTree];
    const known = new Set(names(await this.#git.output(tree)));
    for (const folder of unknown) this.#inHead.set(folder, known.has(folder.slice(0, -1)));
  }

  inHead(folder: GitPath): boolean {
    return this.#inHead.get(folder) === true;
  }
}
