import path from 'node:path';
import { tokensIn } from '../core/redact.ts';
import { byteText } from '../files/bytes-text.ts';
import { readBytes } from '../files/door.ts';
import type { GitPath } from '../run/git-port.ts';
import type { Git } from './git.ts';
import { toText } from './paths.ts';

/** No source that a person wrote is larger. */
const MOST_BYTES = 2_000_000;

/**
 * Those of the paths whose file in the work tree holds the shape of a secret that the same file at HEAD does not. A process for each
 * that holds any.
 */
export async function pathsWithNewTokens(git: Git, paths: readonly GitPath[]): Promise<readonly GitPath[]> {
  const found: GitPath[] = [];
  for (const file of paths) {
    const now = tokensIn(contentOf(path.join(git.place.top, toText(file))));
    if (now.length === 0) continue;
    const output = await git.run(['cat-file', 'blob', `HEAD:${toText(file)}`]);
    const before = new Set(output.code === 0 ? tokensIn(byteText(output.out).text) : []);
    if (now.some((token) => !before.has(token))) found.push(file);
  }
  return found;
}

function contentOf(file: string): string {
  try {
    return byteText(readBytes(file, MOST_BYTES) ?? Buffer.alloc(0)).text;
  } catch {
    return ''; // A link, a pipe, a mountain: no text that a token would be read from.
  }
}
