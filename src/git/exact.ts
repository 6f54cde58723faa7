import type { GitPath } from '../run/git-port.ts';
import { names } from './coverage.ts';
import { treeDifferences } from './entries.ts';
import { lstat } from './fingerprints.ts';
import type { Git } from './git.ts';
import { nulTerminated, pathDisplay, toBytes, toText } from './paths.ts';
import { indexLine, SET_ENTRIES } from './recovery.ts';
import { gitFailure } from './runner.ts';
import { MOST_REFUSALS } from './staging.ts';

/** Files to the byte of which git has another form. */
export interface Exact {
  readonly tree: string;
  readonly paths: ReadonlySet<GitPath>;
}

/**
 * Keeps the bytes of those files of `tree` that git converts (ends of lines, filters, encodings, keywords): what a conversion drops no
 * command brings back. `index` has the tree, and loses it by this. Two processes, six where files may be converted; null: none is.
 */
export async function exactTree(
  git: Git,
  { index, tree, paths }: { readonly index: string; readonly tree: string; readonly paths: readonly GitPath[] },
): Promise<Exact | null> {
  const files = paths.filter((path) => lstat(git.place.top, path)?.isFile() === true);
  const ids = await rawContents(git, await convertible(git, files));
  if (ids.size === 0) return null;
  const env = { GIT_INDEX_FILE: index };
  const lines = Array.from(ids, ([path, id]) => indexLine(modeOf(git, path), id, path));
  await git.output(SET_ENTRIES, { env, input: nulTerminated(lines) });
  const exact = (await git.output(['write-tree'], { env })).toString().trim();
  const other = (await treeDifferences(git, tree, exact)).filter(({ from, to }) => from?.id !== to?.id);
  return other.length === 0 ? null : { tree: exact, paths: new Set(other.map(({ path }) => path)) };
}

const CONVERTING = new Set(['filter', 'ident', 'text', 'eol', 'crlf', 'working-tree-encoding']);

/** Those that an attribute, or a setting for all, may have git convert. */
async function convertible(git: Git, paths: readonly GitPath[]): Promise<GitPath[]> {
  if (paths.length === 0) return [];
  const setting = await git.run(['config', '--get', 'core.autocrlf']);
  if (/^(?:true|yes|on|1|input)$/i.test(setting.out.toString().trim())) return [...paths];
  const input = nulTerminated(paths);
  // Path, attribute and value by turns.
  const fields = names(await git.output(['check-attr', '--all', '-z', '--stdin'], { input }));
  const found = new Set<GitPath>();
  for (let at = 0; at + 2 < fields.length; at += 3) {
    if (CONVERTING.has(fields[at + 1] ?? '') && fields[at + 2] !== 'unset') found.add(fields[at] ?? '');
  }
  return [...found];
}

const HASH_FILES = ['hash-object', '-w', '--no-filters', '--stdin-paths'];

/** What these files hold, as objects. One that is gone meanwhile, or cannot be read, is left out. */
async function rawContents(git: Git, paths: readonly GitPath[]): Promise<ReadonlyMap<GitPath, string>> {
  const found = new Map<GitPath, string>();
  let left = paths;
  for (let round = 0; left.length > 0; round += 1) {
    const input = Buffer.concat(left.flatMap((path) => [inLine(path), Buffer.from('\n')]));
    const output = await git.run(HASH_FILES, { input, isLong: true });
    const ids = output.out.toString().split('\n').slice(0, -1);
    for (const [at, id] of ids.entries()) found.set(left[at] ?? '', id);
    if (output.code === 0) return found;
    if (round === MOST_REFUSALS) throw gitFailure(HASH_FILES, output, git.hint);
    left = left.slice(ids.length + (output.code === 'killed' ? 0 : 1));
  }
  return found;
}

/** A path in a list with one a line: quoted where git would not read it as it is. */
function inLine(path: GitPath): Buffer {
  const display = pathDisplay(path);
  return display === toText(path) ? toBytes(path) : Buffer.from(display);
}

function modeOf(git: Git, path: GitPath): string {
  return (Number(lstat(git.place.top, path)?.mode ?? 0) & 0o100) === 0 ? '100644' : '100755';
}
