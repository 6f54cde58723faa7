import { readdirSync } from 'node:fs';
import path from 'node:path';
import { Problem } from '../core/problem.ts';
import { type Look, lookOnce } from './blocker.ts';
import { readHead } from './head.ts';
import type { Place } from './place.ts';

/** Folders that some users keep as links on purpose (git-new-workdir). */
const MAY_BE_LINKS = new Set(['refs', 'logs', 'objects', 'info', 'packed-refs']);
const FOLDERS = [
  ...['refs', 'refs/heads', 'refs/autoloop', 'refs/autoloop/runs', 'refs/autoloop/safety', 'refs/autoloop/kept'],
  ...['logs', 'logs/refs', 'logs/refs/heads', 'objects', 'objects/info', 'info', 'packed-refs'],
  ...['logs/refs/autoloop', 'logs/refs/autoloop/runs', 'logs/refs/autoloop/safety', 'logs/refs/autoloop/kept'],
];
/** Folders of which git writes into entries whose names are not known before: 256 folders of objects, logs of references of ours. */
const FILLED = ['objects', 'logs/refs/autoloop/runs', 'logs/refs/autoloop/safety', 'logs/refs/autoloop/kept'];
/** Written by `git commit` without a file of their own beside them first: through a link, whatever it leads to. */
const FILES = ['COMMIT_EDITMSG', 'ORIG_HEAD', 'logs/HEAD'];

/**
 * What git writes into where it is led: folders and files of a repository in whose place an agent may put a link, or a second name of a
 * file elsewhere.
 */
export class WriteThrough {
  readonly #places: readonly { readonly file: string; readonly isMine: boolean }[];
  readonly #filled: readonly string[];
  /** What was so when the program began is a person's. */
  readonly #known: ReadonlySet<string>;

  constructor(place: Pick<Place, 'gitDir' | 'commonDir'>) {
    const { gitDir, commonDir } = place;
    const branch = readHead(place)?.branch?.split('/') ?? [];
    const above = branch.map((_, at) => branch.slice(0, at).join('/')).filter((name) => name !== '');
    const shared = [
      ...FOLDERS,
      ...above.flatMap((name) => [`refs/heads/${name}`, `logs/refs/heads/${name}`]),
      ...(branch.length === 0 ? [] : [`logs/refs/heads/${branch.join('/')}`]),
    ];
    this.#places = [
      ...shared.map((name) => ({ file: path.join(commonDir, name), isMine: !MAY_BE_LINKS.has(name) })),
      ...FILES.map((name) => ({ file: path.join(gitDir, name), isMine: true })),
    ];
    const look = lookOnce();
    const usual = this.#places.filter(({ file, isMine }) => {
      const what = leads(file, look);
      return what !== null && !(isMine && what === 'a link');
    });
    this.#filled = FILLED.map((name) => path.join(commonDir, name));
    this.#known = new Set([
      ...usual.map(({ file }) => file),
      ...this.#filled.flatMap((folder) => entriesThatLead(folder, look)),
    ]);
  }

  /** Throws a Problem that pauses the run where git would write into something else. */
  check(look: Look): void {
    const files = this.#places.map(({ file }) => file);
    for (const file of [...files, ...this.#filled.flatMap((folder) => entriesThatLead(folder, look))]) {
      const what = this.#known.has(file) ? null : leads(file, look);
      if (what === null) continue;
      const why = `${file} is ${what}, and git would write into what it leads to`;
      throw new Problem('unsettled', why, 'Remove it, then resume.');
    }
  }
}

function entriesThatLead(folder: string, look: Look): readonly string[] {
  if (look(folder) === undefined) return []; // Which is usual.
  try {
    const entries = readdirSync(folder, { withFileTypes: true }).filter((entry) => !entry.isDirectory());
    return entries.map(({ name }) => path.join(folder, name)).filter((file) => leads(file, look) !== null);
  } catch {
    return []; // It may not be entered.
  }
}

function leads(file: string, look: Look): 'a link' | 'a second name of a file' | null {
  const found = look(file);
  if (found?.isSymbolicLink() === true) return 'a link';
  return found?.isFile() === true && found.nlink > 1 ? 'a second name of a file' : null;
}
