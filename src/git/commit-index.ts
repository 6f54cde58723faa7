import { existsSync } from 'node:fs';
import path from 'node:path';
import type { CommitRequest } from '../run/git-port.ts';
import { Draft } from './draft.ts';
import type { Git } from './git.ts';
import { readHead, readLooseCommit } from './head.ts';
import { AGENT_ENVIRONMENT } from './identity.ts';
import { CHECKPOINT_TRAILER, findCheckpoint } from './recovery.ts';
import { gitFailure } from './runner.ts';
import type { GitOutput } from './runner.ts';

/**
 * What an index became. `empty`: it equals HEAD. `moved`: HEAD or the index is not what it was, look again. `interrupted`:
 * a signal ended git, and nobody knows whether it had committed.
 */
export type Committed =
  | { readonly kind: 'made'; readonly commit: string }
  | { readonly kind: 'empty' }
  | { readonly kind: 'moved' }
  | { readonly kind: 'interrupted' };

export interface Prepared {
  /** The index file whose content is committed. */
  readonly index: string;
  /** The commit that it was made from. */
  readonly head: string | null;
  readonly identityMissing: boolean;
}

type Environment = Readonly<Record<string, string>>;

/** Commits an index on top of `head`, and on nothing else: a commit that slipped in between gives `moved`. */
export async function commitIndex(git: Git, prepared: Prepared, request: CommitRequest): Promise<Committed> {
  const env: Environment = {
    GIT_INDEX_FILE: prepared.index,
    ...(prepared.identityMissing ? AGENT_ENVIRONMENT : {}),
  };
  if (headHasMoved(git, prepared.head)) return { kind: 'moved' };
  // `git commit` would take these for its own and remove them.
  const pending = ['SQUASH_MSG', 'MERGE_MSG'].some((name) => existsSync(path.join(git.place.gitDir, name)));
  const message = checkpointMessage(request);
  if (pending) return commitByParts(git, { env, head: prepared.head, message });
  const committed = await commitAtOnce(git, { env, head: prepared.head, message });
  return committed === 'done' ? verify(git, request.id, prepared.head) : { kind: committed };
}

/** Subject, and the trailers in a paragraph of their own. */
function checkpointMessage(request: CommitRequest): string {
  const trailers = [`${CHECKPOINT_TRAILER}: ${request.id}`, ...(request.trailers ?? [])];
  return `${request.subject}\n\n${trailers.join('\n')}\n`;
}

interface Parts {
  readonly env: Environment;
  readonly head: string | null;
  readonly message: string;
}

/** `--no-verify` for hooks that newer versions of git take from the configuration, where `core.hooksPath` does not reach. */
const COMMIT = 'commit --quiet --no-verify --no-gpg-sign --no-status --cleanup=verbatim --file=-'.split(' ');

async function commitAtOnce(
  git: Git,
  { env, head, message }: Parts,
): Promise<'done' | 'empty' | 'moved' | 'interrupted'> {
  const draft = Draft.putAside(git.place.gitDir);
  let output: GitOutput;
  try {
    output = await git.run(COMMIT, { env, input: Buffer.from(message), isLong: true });
  } finally {
    draft.putBack(message);
  }
  if (output.code === 0) return 'done';
  if (output.code === 'killed') return 'interrupted';
  if (headHasMoved(git, head)) return 'moved';
  if (output.code === 1) {
    const difference = ['diff-index', '--cached', '--quiet', head ?? git.emptyTree, '--'];
    if ((await git.run(difference, { env })).code === 0) return 'empty';
  }
  throw gitFailure(COMMIT, output, git.hint);
}

/** Takes our commit back when it stands on another one than it was made from: it would undo what that one did. */
async function verify(git: Git, id: string, head: string | null): Promise<Committed> {
  const now = await git.headCommit();
  const atHead = now === null ? null : readLooseCommit(git.place.commonDir, now);
  const isOurs = atHead?.message.includes(`\n${CHECKPOINT_TRAILER}: ${id}\n`) === true;
  const commit = isOurs ? now : await findCheckpoint(git, id, head);
  if (commit === null) return { kind: 'moved' };
  const parent = (await parents(git, commit))[0] ?? null;
  if (parent === head || parent === null || commit !== now) return { kind: 'made', commit };
  await git.output(['update-ref', '-m', 'autoloop: take a checkpoint back', 'HEAD', parent, commit]);
  return { kind: 'moved' };
}

async function parents(git: Git, commit: string): Promise<readonly string[]> {
  const loose = readLooseCommit(git.place.commonDir, commit);
  if (loose !== null) return loose.parents;
  const line = await git.output(['rev-list', '--parents', '--max-count=1', commit, '--']);
  return line.toString().trim().split(' ').slice(1);
}

async function commitByParts(git: Git, { env, head, message }: Parts): Promise<Committed> {
  const tree = (await git.output(['write-tree'], { env })).toString().trim();
  const before = head === null ? git.emptyTree : await git.treeOf(head);
  if (tree === before) return { kind: 'empty' };
  const parent = head === null ? [] : ['-p', head];
  const make = ['commit-tree', '--no-gpg-sign', tree, ...parent, '-F', '-'];
  const commit = (await git.output(make, { env, input: Buffer.from(message) })).toString().trim();
  const subject = message.split('\n', 1)[0] ?? '';
  const move = ['update-ref', '-m', `commit: ${subject}`, 'HEAD', commit, head ?? git.nullId];
  const output = await git.run(move, { env });
  if (output.code === 0) return { kind: 'made', commit };
  if (output.code === 'killed') return { kind: 'interrupted' };
  if (headHasMoved(git, head)) return { kind: 'moved' };
  throw gitFailure(move, output, git.hint);
}

function headHasMoved(git: Git, head: string | null): boolean {
  const now = readHead(git.place);
  return now !== null && now.commit !== head;
}
