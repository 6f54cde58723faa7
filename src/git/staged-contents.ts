import type { GitPath } from '../run/git-port.ts';
import type { Git } from './git.ts';
import { nulTerminated } from './paths.ts';
import { indexLine } from './recovery.ts';

const PUT_ENTRIES = ['update-index', '--replace', '-z', '--index-info'];

/** Gives an index these contents, as plain files, whatever the work tree has there. A process each, and one more. */
export async function putIntoIndex(git: Git, index: string, contents: ReadonlyMap<GitPath, Buffer>): Promise<void> {
  if (contents.size === 0) return;
  const lines: string[] = [];
  for (const [path, content] of contents) {
    const id = await git.output(['hash-object', '-w', '--stdin'], { input: content });
    lines.push(indexLine('100644', id.toString().trim(), path));
  }
  await git.output(PUT_ENTRIES, { env: { GIT_INDEX_FILE: index }, input: nulTerminated(lines) });
}
