// What a binary says of itself. `node scripts/version.mjs` prints the first line that one built from this checkout would print for
// `--version --verbose`. Plain Node without dependencies.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const COMMIT_LENGTH = 10;

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  process.stdout.write(`${sourceFacts(fileURLToPath(new URL('..', import.meta.url))).line}\n`);
}

/**
 * `version` of package.json, `epoch` (seconds) of the commit, and `line`. All of it is the commit's own, so that two builds
 * of a commit are the same bytes. Without a git repository the commit is unknown and the epoch 0.
 */
export function sourceFacts(root) {
  const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  const commit = commitOf(root);
  if (commit === null) return { version, epoch: 0, line: `autoloop ${version} (commit unknown)` };
  const { hash, date, epoch } = commit;
  return { version, epoch, line: `autoloop ${version} (commit ${hash}, ${date})` };
}

/** Null for sources without history; a folder around them that is a repository does not count. */
function commitOf(root) {
  if (!existsSync(path.join(root, '.git'))) return null;
  const shown = git(root, 'show', '-s', '--format=%H %cs %ct', 'HEAD');
  const [, hash, date, epoch] = /^([0-9a-f]+) (\S+) (\d+)$/.exec(shown ?? '') ?? [];
  if (hash === undefined) return null;
  const isChanged = git(root, 'status', '--porcelain', '--untracked-files=no') !== '';
  return { hash: `${hash.slice(0, COMMIT_LENGTH)}${isChanged ? '-dirty' : ''}`, date, epoch: Number(epoch) };
}

/** Null when git is missing or refuses. */
function git(root, ...args) {
  const ran = spawnSync('git', ['-c', 'log.showSignature=false', ...args], { cwd: root, encoding: 'utf8' });
  return ran.status === 0 ? ran.stdout.trim() : null;
}
