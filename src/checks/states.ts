import { copyFileSync, lstatSync, mkdirSync, rmSync, utimesSync } from 'node:fs';
import path from 'node:path';
import type { Difference } from '../core/checks/guards.ts';
import type { ChangedLines } from '../core/report/report.ts';
import type { Git } from '../git/git.ts';
import { stateFolderIn, toText } from '../git/paths.ts';
import { addSources } from './add-sources.ts';
import { differencesIn, entriesIn } from './listings.ts';
import { digest, Remembered } from './remembered.ts';
import { withoutFolder } from './without-folder.ts';
import { beyondBudget } from './within-budget.ts';

const MOST_READ = 2_000;

/** What is put in the place of a path of a tree: mode and blob, or nothing. */
export interface Entry {
  readonly path: string;
  /** `100644 <id>`; null: the path is taken out. */
  readonly value: string | null;
}

/** What comparing states, and putting guards into others, needs of them. */
export interface StateFiles {
  differences(a: string, b: string): Promise<readonly Difference[]>;
  entries(tree: string): Promise<ReadonlyMap<string, string>>;
  text(entry: string | null): Promise<string | null>;
  read(entries: readonly (string | null)[]): Promise<void>;
  leadingOut(differences: readonly Difference[]): Promise<readonly string[]>;
  store(text: string): Promise<string>;
  overlay(tree: string, entries: readonly Entry[]): Promise<string>;
}

/**
 * States of the sources as trees of the user's repository. Its index, branches and files stay as they are: everything happens in index
 * files of our own in `scratch`, and only objects are added. Locks there are of a git that died with an earlier start, and removed.
 */
export class States implements StateFiles {
  readonly #git: Git;
  readonly #scratch: string;
  readonly #empty: string;
  /** The program's own folder in the workspace, relative to the top. */
  readonly #state: string;
  // Trees never change: what was asked of one is known.
  readonly #compared = new Remembered<readonly Difference[]>(50);
  readonly #overlaid = new Remembered<string>(50);
  readonly #stored = new Remembered<string>(200);
  readonly #listed = new Remembered<ReadonlyMap<string, string>>(4);
  readonly #links = new Remembered<string>(200);
  /** Texts by id; null: it is no file. */
  readonly #read = new Map<string, string | null>();

  constructor(git: Git, scratch: string) {
    this.#git = git;
    this.#scratch = scratch;
    this.#state = toText(stateFolderIn(git.place.prefix));
    this.#empty = path.join(scratch, 'empty');
    mkdirSync(this.#empty, { recursive: true, mode: 0o700 });
    for (const name of ['snapshot', 'overlay']) rmSync(path.join(scratch, `${name}-index.lock`), { force: true });
  }

  /**
   * The tree of the sources as they are: tracked and untracked, without what is ignored, without the state, and without new content beyond
   * measure. Four processes, three where nothing differs from the index.
   */
  async snapshot(): Promise<string> {
    const index = path.join(this.#scratch, 'snapshot-index');
    this.#copyIndex(index);
    const env = { GIT_INDEX_FILE: index };
    const args = ['ls-files', '-z', '--modified', '--others', '--exclude-standard', '--', '.', this.#butState];
    const changed = (await this.#git.output(args, { env }))
      .toString('latin1')
      .split('\0')
      .filter((name) => name !== '');
    if (changed.length > 0) {
      await addSources(this.#git, env, { but: this.#butState, large: beyondBudget(this.#git.place.top, changed) });
    }
    return this.#written(env);
  }

  /** Those of these objects that the repository has not. */
  async lost(ids: readonly string[]): Promise<readonly string[]> {
    const asked = [...new Set(ids)].filter((id) => id !== '' && id !== this.#git.emptyTree);
    if (asked.length === 0) return [];
    const input = Buffer.from(asked.map((id) => `${id}\n`).join(''));
    const answers = (await this.#git.output(['cat-file', '--batch-check'], { input })).toString().split('\n');
    return asked.filter((_, at) => answers[at]?.endsWith(' missing') !== false);
  }

  /** The tree of a commit, without the state; of no commit, the empty one. */
  async treeOf(commit: string | null): Promise<string> {
    if (commit === null) return this.#git.emptyTree;
    const tree = await this.#git.treeOf(commit);
    return withoutFolder(this.#git, tree, stateFolderIn(this.#git.place.prefix));
  }

  async head(): Promise<string | null> {
    return this.#git.headCommit();
  }

  /** A tree with entries put in place, and without the state. The same is made once. */
  async overlay(tree: string, entries: readonly Entry[]): Promise<string> {
    return this.#overlaid.of(JSON.stringify([tree, entries]), () => this.#overlay(tree, entries));
  }

  async #overlay(tree: string, entries: readonly Entry[]): Promise<string> {
    const env = { GIT_INDEX_FILE: path.join(this.#scratch, 'overlay-index') };
    rmSync(env.GIT_INDEX_FILE, { force: true });
    await this.#git.output(['read-tree', tree], { env });
    if (entries.length > 0) {
      const none = `0 ${this.#git.nullId}`;
      const lines = entries.map(({ path: file, value }) => `${value ?? none}\t${file}\0`).join('');
      await this.#git.output(['update-index', '-z', '--index-info'], { env, input: Buffer.from(lines) });
    }
    return this.#written(env);
  }

  /** What differs between two trees, by path. Trees never change, so that each two are compared once. */
  async differences(a: string, b: string): Promise<readonly Difference[]> {
    if (a === b) return [];
    return this.#compared.of(`${a} ${b}`, () => this.#differences(a, b));
  }

  async #differences(a: string, b: string): Promise<readonly Difference[]> {
    const args = ['diff-tree', '-r', '-z', '--raw', '--no-renames', '--no-abbrev', a, b];
    return differencesIn((await this.#git.output(args)).toString());
  }

  /** How many files and lines differ between two trees; what is no text has no lines. */
  async changed(a: string, b: string): Promise<ChangedLines> {
    const output = await this.#git.output(['diff-tree', '-r', '-z', '--numstat', '--no-renames', a, b]);
    const rows = output
      .toString()
      .split('\0')
      .filter((row) => row !== '');
    const sum = (column: number) => rows.reduce((all, row) => all + (Number(row.split('\t')[column]) || 0), 0);
    return { files: rows.length, added: sum(0), removed: sum(1) };
  }

  /** The text of an entry of a tree; null where there is none or it is no file. */
  async text(entry: string | null): Promise<string | null> {
    const id = fileOf(entry);
    if (id === null) return null;
    await this.read([entry]);
    return this.#read.get(id) ?? null;
  }

  /** Reads the files among these entries with one process, for `text` to have them. */
  async read(entries: readonly (string | null)[]): Promise<void> {
    const wanted = [...new Set(entries.map(fileOf))].filter((id): id is string => id !== null && !this.#read.has(id));
    if (wanted.length === 0) return;
    if (this.#read.size > MOST_READ) this.#read.clear();
    const input = Buffer.from(wanted.map((id) => `${id}\n`).join(''));
    const bytes = await this.#git.output(['cat-file', '--batch'], { input });
    let at = 0;
    for (const id of wanted) {
      const end = bytes.indexOf('\n', at);
      const size = /^\S+ blob (\d+)$/.exec(bytes.subarray(at, end).toString())?.[1];
      this.#read.set(id, size === undefined ? null : bytes.subarray(end + 1, end + 1 + Number(size)).toString());
      at = size === undefined ? end + 1 : end + 2 + Number(size);
    }
  }

  /** Links among differences that lead out of the top, and did not before. */
  async leadingOut(differences: readonly Difference[]): Promise<readonly string[]> {
    const found: string[] = [];
    for (const { path: file, after } of differences) {
      const [mode, id] = after?.split(' ') ?? [];
      if (mode !== '120000' || id === undefined) continue;
      const target = await this.#links.of(id, async () =>
        (await this.#git.output(['cat-file', 'blob', id])).toString(),
      );
      const place = path.posix.join(path.posix.dirname(file), target);
      if (path.isAbsolute(target) || place === '..' || place.startsWith('../')) found.push(file);
    }
    return found;
  }

  /** Stores a text, and tells its id. */
  async store(text: string): Promise<string> {
    const input = Buffer.from(text);
    const args = ['hash-object', '-w', '--stdin'];
    return this.#stored.of(digest(text), async () => (await this.#git.output(args, { input })).toString().trim());
  }

  /** The entries of a tree by path. */
  async entries(tree: string): Promise<ReadonlyMap<string, string>> {
    return this.#listed.of(tree, () => this.#entries(tree));
  }

  async #entries(tree: string): Promise<ReadonlyMap<string, string>> {
    return entriesIn((await this.#git.output(['ls-tree', '-r', '-z', tree])).toString());
  }

  /** What git ignores, relative to the top: folders without what lies in them, and files beside others. */
  async ignored(): Promise<{ readonly folders: readonly string[]; readonly files: readonly string[] }> {
    const args = ['ls-files', '-z', '--others', '--ignored', '--exclude-standard', '--directory'];
    const output = await this.#git.output(args);
    const names = output.toString().split('\0');
    return {
      folders: names.flatMap((name) => (name.endsWith('/') ? [name.slice(0, -1)] : [])),
      files: names.filter((name) => name !== '' && !name.endsWith('/')),
    };
  }

  get #butState(): string {
    return `:(exclude,top)${this.#state}`;
  }

  /** Of an index without the state, which git would look at to take it out: it finds a folder without files. */
  async #written(env: Readonly<Record<string, string>>): Promise<string> {
    const remove = ['-C', this.#empty, 'rm', '-rqf', '--cached', '--ignore-unmatch', '--', `:(top)${this.#state}`];
    await this.#git.output(remove, { env: { ...env, GIT_WORK_TREE: this.#empty } });
    return (await this.#git.output(['write-tree'], { env })).toString().trim();
  }

  /** With the time of the original: git looks at a file's content only where its time is not before the index's. */
  #copyIndex(to: string): void {
    const from = path.join(this.#git.place.gitDir, 'index');
    rmSync(to, { force: true });
    const stats = lstatSync(from, { throwIfNoEntry: false, bigint: true });
    if (stats?.isFile() !== true) return; // Whatever else stands there, git says so.
    copyFileSync(from, to);
    const seconds = Number(stats.mtimeNs / 1000n) / 1e6 - 0.001;
    utimesSync(to, seconds, seconds);
  }
}

/** The id of a regular file; null: it is none. */
function fileOf(entry: string | null): string | null {
  const [mode, id] = entry?.split(' ') ?? [];
  return id === undefined || mode?.startsWith('100') !== true ? null : id;
}
