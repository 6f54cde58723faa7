import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync, readdirSync, readlinkSync } from 'node:fs';
import path from 'node:path';
import { type Difference, guardKind } from '../core/checks/guards.ts';
import { isScript } from '../core/checks/named-files.ts';
import { STATE_FOLDER } from '../core/state-folder.ts';
import { putCached } from '../files/cache-file.ts';
import { readCarefully } from '../files/careful-read.ts';
import type { Entry, StateFiles } from './states.ts';

/** Folders that hold no sources: what tools make, and what is installed. */
const PASSED_BY = new Set(['.git', STATE_FOLDER, 'node_modules', '.venv', 'venv', 'vendor', 'target', '__pycache__']);
const MOST_FILES = 50_000;
/** The name of a state of more files than can be looked at; it is never there to be compared with. */
const TOO_LARGE = 'too-large';

/**
 * States of a folder that is in no repository: a hash for each file, kept in a folder of ours. Their texts cannot be brought back, but for
 * those of files of which only parts decide, and of scripts.
 */
export class FolderStates implements StateFiles {
  readonly #workspace: string;
  readonly #kept: string;
  /** By path: size and time, and the hash that the file had with them. */
  readonly #seen = new Map<string, { readonly stamp: string; readonly entry: string }>();
  readonly #most: number;

  /** `most`: how many files are looked at. */
  constructor(workspace: string, kept: string, most = MOST_FILES) {
    this.#workspace = workspace;
    this.#kept = kept;
    this.#most = most;
    mkdirSync(kept, { recursive: true, mode: 0o700 });
  }

  /** Why a state is none; null: it is one. */
  tooLarge(tree: string): string | null {
    const most = this.#most.toLocaleString('en');
    return tree === TOO_LARGE ? `more than ${most} files lie here, too many to look at without git` : null;
  }

  /** The state of the files as they are. */
  snapshot(): string {
    const files = new Map<string, string>();
    return this.#walk('', files) ? this.#keep(files) : TOO_LARGE;
  }

  lost(ids: readonly string[]): readonly string[] {
    return [...new Set(ids)].filter((id) => id !== '' && this.#load(id) === null);
  }

  async differences(a: string, b: string): Promise<readonly Difference[]> {
    const [before, after] = [await this.entries(a), await this.entries(b)];
    const paths = [...new Set([...before.keys(), ...after.keys()])].sort();
    const all = paths.map((name) => ({ path: name, before: before.get(name) ?? null, after: after.get(name) ?? null }));
    return Promise.resolve(all.filter((one) => one.before !== one.after));
  }

  async entries(id: string): Promise<ReadonlyMap<string, string>> {
    return Promise.resolve(this.#load(id) ?? new Map());
  }

  async text(entry: string | null): Promise<string | null> {
    const hash = entry?.split(' ')[1];
    return Promise.resolve(
      hash === undefined ? null : (readCarefully(path.join(this.#kept, `${hash}.text`))?.toString() ?? null),
    );
  }

  async read(): Promise<void> {
    return Promise.resolve();
  }

  async leadingOut(): Promise<readonly string[]> {
    return Promise.resolve([]); // Checks run where the links are, so that they lead where they always do.
  }

  async store(text: string): Promise<string> {
    const hash = createHash('sha1').update(text).digest('hex');
    this.#write(`${hash}.text`, text);
    return Promise.resolve(hash);
  }

  async overlay(id: string, entries: readonly Entry[]): Promise<string> {
    const files = new Map(await this.entries(id));
    for (const { path: name, value } of entries) {
      if (value === null) files.delete(name);
      else files.set(name, value);
    }
    return this.#keep(files);
  }

  /** Whether all was looked at. What cannot be read, nobody can check. */
  #walk(folder: string, into: Map<string, string>): boolean {
    for (const item of listed(path.join(this.#workspace, folder))) {
      const name = folder === '' ? item.name : `${folder}/${item.name}`;
      if (item.isDirectory()) {
        if (!PASSED_BY.has(item.name) && !this.#walk(name, into)) return false;
        continue;
      }
      if (into.size >= this.#most) return false;
      const entry = item.isSymbolicLink() ? this.#link(name) : item.isFile() ? this.#file(name) : null;
      if (entry !== null) into.set(name, entry);
    }
    return true;
  }

  #link(name: string): string | null {
    try {
      const target = readlinkSync(path.join(this.#workspace, name));
      return `120000 ${createHash('sha1').update(target).digest('hex')}`;
    } catch {
      return null; // gone by now
    }
  }

  #file(name: string): string | null {
    const file = path.join(this.#workspace, name);
    const stats = lstatSync(file, { throwIfNoEntry: false, bigint: true });
    if (stats === undefined) return null;
    const stamp = [stats.size, stats.mtimeNs, stats.ctimeNs, stats.ino].join(' ');
    const known = this.#seen.get(name);
    if (known?.stamp === stamp) return known.entry;
    const bytes = readCarefully(file);
    const hash = createHash('sha1')
      .update(bytes ?? stamp)
      .digest('hex');
    if (bytes !== null && hasKeptText(name)) this.#write(`${hash}.text`, bytes);
    const entry = `${(stats.mode & 0o100n) === 0n ? '100644' : '100755'} ${hash}`;
    this.#seen.set(name, { stamp, entry });
    return entry;
  }

  #keep(files: ReadonlyMap<string, string>): string {
    const text = JSON.stringify([...files].sort(([a], [b]) => (a < b ? -1 : 1)));
    const id = createHash('sha1').update(text).digest('hex');
    this.#write(`${id}.state`, text);
    return id;
  }

  #load(id: string): ReadonlyMap<string, string> | null {
    if (!/^[0-9a-f]{40}$/.test(id)) return null;
    const bytes = readCarefully(path.join(this.#kept, `${id}.state`));
    return bytes === null ? null : new Map(JSON.parse(bytes.toString()) as [string, string][]);
  }

  #write(name: string, content: string | Buffer): void {
    const file = path.join(this.#kept, name);
    if (lstatSync(file, { throwIfNoEntry: false }) !== undefined) return;
    putCached(file, content);
  }
}

function listed(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

function hasKeptText(name: string): boolean {
  const kind = guardKind(name);
  return kind === 'pieces' || kind === 'inline' || isScript(name) || /(?:^|\/)(?:GNU)?[Mm]akefile$/.test(name);
}
