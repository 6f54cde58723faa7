import path from 'node:path';
import { tokensIn } from '../core/redact.ts';
import { byteText } from '../files/bytes-text.ts';
import { linkTarget } from '../files/folders.ts';
import { readBytes } from '../files/door.ts';
import type { GitPath } from '../run/git-port.ts';
import type { Git } from './git.ts';
import { toText } from './paths.ts';

/** No source that a person wrote is larger. */
const MOST_BYTES = 2_000_000;

/**
 * Those of the paths whose file in the work tree, or whose name, holds the shape of a secret that the same file at HEAD does not. With
 * `since` those that HEAD itself has, held against that commit. A process or two for each that holds any.
 */
export async function pathsWithNewTokens(
  git: Git,
  paths: readonly GitPath[],
  since: string | null,
): Promise<readonly GitPath[]> {
  const found: GitPath[] = [];
  for (const file of paths) {
    let now = tokensIn(`${toText(file)}\n${contentOf(path.join(git.place.top, toText(file)))}`);
    if (now.length === 0) continue;
    if (since !== null) now = await tokensAt(git, 'HEAD', file);
    const before = new Set(await tokensAt(git, since ?? 'HEAD', file));
    if (now.some((token) => !before.has(token))) found.push(file);
  }
  return found;
}

/** Of the file and its name as a commit has them. */
async function tokensAt(git: Git, commit: string, file: GitPath): Promise<readonly string[]> {
  const { code, out } = await git.run(['cat-file', 'blob', `${commit}:${toText(file)}`]);
  return code === 0 ? tokensIn(`${toText(file)}\n${byteText(out).text}`) : [];
}

function contentOf(file: string): string {
  try {
    return byteText(readBytes(file, MOST_BYTES) ?? Buffer.alloc(0)).text;
  } catch {
    return linkTarget(file) ?? ''; // A pipe, a mountain: no text that a token would be read from.
  }
}
