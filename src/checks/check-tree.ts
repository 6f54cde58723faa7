import { createHash } from 'node:crypto';
import { appendFileSync, mkdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Problem } from '../core/problem.ts';
import { readCarefully } from '../files/careful-read.ts';
import type { Git } from '../git/git.ts';
import { toText } from '../git/paths.ts';
import { type GitRunner, gitFailure } from '../git/runner.ts';
import type { Place } from './environment.ts';

/** Files that say which dependencies a state has. */
const LOCK_FILES = [
  'package-lock.json',
  'pnpm-lock.yaml',
  'yarn.lock',
  'bun.lock',
  'Cargo.lock',
  'go.sum',
  'poetry.lock',
  'uv.lock',
  'Pipfile.lock',
  'requirements.txt',
  'Gemfile.lock',
  'composer.lock',
];

/** Contents of large files are brought by ourselves (`named-parts.ts`): nothing is fetched. */
const POINTERS_STAY = '[filter "lfs"]\n\tsmudge =\n\tprocess =\n\trequired = false\n';
const IDENTITY = ['-c', 'user.name=autoloop', '-c', 'user.email=autoloop@localhost'];

/**
 * What cargo builds into, as patterns that stay: beside each `Cargo.toml` of these files. Another folder of that name may hold what runs tests
 * that are deleted, as Maven's does.
 */
export function cargoTargets(files: Iterable<string>): string[] {
  const manifests = [...files].filter((file) => path.posix.basename(file) === 'Cargo.toml');
  return manifests.map((file) => `/${path.posix.join(path.posix.dirname(file), 'target').replace(/[*?[\\]/g, '\\$&')}`);
}

/**
 * A clean copy of one state of the sources, outside of the work tree, that moves from state to state. It borrows the objects of the
 * user's repository, which gets nothing of it: no worktree, branch or tag.
 */
export class CheckTree {
  readonly #runner: GitRunner;
  readonly #git: Git;
  readonly #folder: string;
  #isMade = false;

  /** `folder` must be ours alone; what an earlier start left in it goes. */
  constructor(runner: GitRunner, git: Git, folder: string) {
    this.#runner = runner;
    this.#git = git;
    this.#folder = folder;
    this.remove();
  }

  /** Puts a state in place. `keep`: patterns of git for ignored paths that stay as the last check left them. At most four processes. */
  async enter(tree: string, keep: readonly string[]): Promise<Place> {
    if (!this.#isMade) await this.#make();
    const commit = await this.#output([...IDENTITY, 'commit-tree', tree, '-m', 'state under check']);
    await this.#output(['reset', '-q', '--hard', commit]);
    await this.#output(['clean', '-qffdx', ...keep.flatMap((name) => ['-e', name])]);
    const root = realpathSync(this.#folder);
    const cwd = path.join(root, toText(this.#git.place.prefix));
    mkdirSync(cwd, { recursive: true });
    return { root, cwd };
  }

  /** A hash over the lock files of the state that is in place. */
  lockFiles({ root, cwd }: Place): string {
    const hash = createHash('sha256');
    for (const file of new Set([root, cwd].flatMap((folder) => LOCK_FILES.map((name) => path.join(folder, name))))) {
      const bytes = readCarefully(file, { followLinks: true });
      if (bytes !== null) hash.update(path.relative(root, file)).update(bytes);
    }
    return hash.digest('hex');
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 3 });
    this.#isMade = false;
  }

  async #make(): Promise<void> {
    const { objectFormat, commonDir } = this.#git.place;
    const parent = path.dirname(this.#folder);
    mkdirSync(parent, { recursive: true, mode: 0o700 });
    const args = ['init', '-q', `--object-format=${objectFormat}`, this.#folder];
    const output = await this.#runner.run(parent, args);
    if (output.code !== 0) throw gitFailure(['init'], output);
    const info = path.join(this.#folder, '.git', 'objects', 'info');
    mkdirSync(info, { recursive: true });
    writeFileSync(path.join(info, 'alternates'), `${path.join(commonDir, 'objects')}\n`);
    appendFileSync(path.join(this.#folder, '.git', 'config'), POINTERS_STAY);
    this.#isMade = true;
  }

  async #output(args: readonly string[]): Promise<string> {
    const output = await this.#runner.run(this.#folder, args);
    if (output.code === 0) return output.out.toString().trim();
    const words = output.err.toString().trim().split('\n')[0] ?? '';
    throw new Problem('git', `the clean copy for checks could not be made: git ${args.at(-1) ?? ''}: ${words}`);
  }
}
