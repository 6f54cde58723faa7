import { DEPENDENCY_FOLDERS } from '../core/dependency-folders.ts';
import type { GitPath, PathSelection } from '../run/git-port.ts';
import { stateFolderIn } from './paths.ts';

export interface SelectionRequest {
  readonly changed: readonly GitPath[];
  /** Dirty or untracked before an agent touched them: the user's. */
  readonly dirtyBefore: Pick<ReadonlySet<GitPath>, 'has'>;
  /** Lifts every rule but the one for the user's files. */
  readonly commitEverything: boolean;
}

/** What the rules need to know of the repository. */
export interface SelectionFacts {
  /** The workspace below the top of the repository, ending in `/`; empty when it is the top. */
  readonly prefix: GitPath;
  /** Not in HEAD. */
  isNew(path: GitPath): boolean;
  /** In bytes; null when the file is gone. */
  size(path: GitPath): number | null;
  /** Whether HEAD has files in this folder (ending in `/`). */
  inHead(folder: GitPath): boolean;
}

/** Which of the changed paths a checkpoint takes (docs/checkpoints.md), and why it leaves the others: each once, a folder for all in it. */
export function selectPaths(request: SelectionRequest, facts: SelectionFacts): PathSelection {
  const commit: GitPath[] = [];
  const leftOut = new Map<GitPath, string>();
  for (const path of request.changed) {
    const rule = request.commitEverything ? null : ruleAgainst(path, facts);
    // Last, because what a rule has left out is dirty before every later turn.
    if (rule !== null) leftOut.set(rule.path, rule.why);
    else if (request.dirtyBefore.has(path)) leftOut.set(path, WHY.yours);
    else commit.push(path);
  }
  return { commit, leftOut: Array.from(leftOut, ([path, why]) => ({ path, why })) };
}

/** The dependency or cache folder of the workspace that a path is in, ending in `/`; null when its names tell of none. */
export function dependencyFolder(path: GitPath, prefix: GitPath): GitPath | null {
  return folderNamed(path, prefix, (name) => DEPENDENCY_FOLDERS.has(name));
}

/** The program's own state that belongs to this machine and is never committed (docs/state.md). */
export function isMachineState(path: GitPath, prefix: GitPath): boolean {
  const state = `${stateFolderIn(prefix)}/`;
  return path.startsWith(state) && MACHINE_STATE.test(path.slice(state.length));
}

const WHY = {
  yours: 'it was changed or untracked before the turn',
  outside: 'outside the workspace',
  dependencies: 'new dependency or cache folder',
  secret: 'its name says that it may hold secrets',
  large: 'over 50 MB',
};

const LARGE = 50 * 1024 * 1024;

/** Names of files or folders. Certificates go with the keys: the name of a `.pem` does not tell which it is. */
const SECRET = /^(\.env.*|id_(rsa|dsa|ecdsa|ed25519|ecdsa_sk|ed25519_sk)|.*\.(pem|key|p8|p12|pfx|ppk|jks|keystore))$/is;
const SPECIMEN = /\.(example|sample|template)$/i;

const MACHINE_STATE =
  /^(lock|.*\.tmp|.*\.(torn|corrupt|aside)-[^/]*|tasks\/[^/]+\/runs\/[^/]+\/(turns\/.*|diagnostics\.log))$/s;

function ruleAgainst(path: GitPath, facts: SelectionFacts): { path: GitPath; why: string } | null {
  // Names above the workspace are not the agent's choice: it may itself lie in a folder called `venv`.
  if (!path.startsWith(facts.prefix)) return { path, why: WHY.outside };
  const size = facts.size(path);
  // A deletion adds nothing to the history, whatever the file was.
  if (size === null) return null;
  const folder = dependencyFolder(path, facts.prefix);
  if (folder !== null && facts.isNew(path) && !facts.inHead(folder)) return { path: folder, why: WHY.dependencies };
  // Also when HEAD has the file: what has been pushed cannot be taken back, what was left out can still be committed.
  const secret = folderNamed(`${path}/`, facts.prefix, (name) => SECRET.test(name) && !SPECIMEN.test(name));
  if (secret !== null) return { path: secret === `${path}/` ? path : secret, why: WHY.secret };
  return size > LARGE ? { path, why: WHY.large } : null;
}

/** The uppermost folder below `base` on the way to `path` whose name is `wanted`, ending in `/`. */
function folderNamed(path: GitPath, base: GitPath, wanted: (name: string) => boolean): GitPath | null {
  let start = base.length;
  for (let end = path.indexOf('/', start); end >= 0; end = path.indexOf('/', start)) {
    if (wanted(path.slice(start, end))) return path.slice(0, end + 1);
    start = end + 1;
  }
  return null;
}
