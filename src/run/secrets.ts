import { redactTokens } from '../core/redact.ts';
import type { Boundary, EndedTurn } from './boundary.ts';
import type { GitPath } from './git-port.ts';
import type { Loop } from './loop.ts';

/** What a checkpoint takes, with no secret in what is this program's to redact. */
export interface Cleared {
  readonly paths: readonly GitPath[];
  /** What is committed in place of files of the state that hold one. */
  readonly contents: ReadonlyMap<GitPath, Buffer>;
  /** Sources that hold one which they did not hold before: committed as they are, and named. */
  readonly tokens: readonly GitPath[];
}

/** Looks for secrets in what a checkpoint is about to take. What holds one and is too large for a copy stays out, and is named. */
export async function withoutSecrets(loop: Loop, boundary: Boundary, paths: readonly GitPath[]): Promise<Cleared> {
  const { git } = boundary;
  const ofState = paths.filter((path) => boundary.isState(path));
  const state = new Map(ofState.map((path) => [git.toWorkspace(path) ?? '', path]));
  const { copies, withheld } = loop.ports.store.redactedCopies([...state.keys()]);
  const contents = new Map([...copies].map(([name, copy]) => [state.get(name) ?? name, copy]));
  const left = new Map([...withheld].map(([name, why]) => [state.get(name) ?? name, why]));
  for (const path of ofState)
    if (!isText(git, path)) left.set(path, 'its name is not UTF-8, and what it holds is not known');
  for (const [path, why] of left) {
    await nameOnce(loop, boundary.leftOut, git.show(path), {
      kind: 'left_uncommitted',
      text: (name) => `left uncommitted: ${name} (${why})`,
    });
  }
  const sources = paths.filter((path) => !boundary.isState(path));
  return { paths: paths.filter((path) => !left.has(path)), contents, tokens: await git.withNewTokens(sources, null) };
}

/** What has another name as text is not to be found by it. */
function isText(git: Boundary['git'], path: GitPath): boolean {
  return git.fromWorkspace(git.toWorkspace(path) ?? '') === path;
}

/** Says of what an agent committed by itself in a turn which files hold a secret that they did not hold before it. */
export async function noticeCommitted(loop: Loop, { before, after, changes }: EndedTurn): Promise<void> {
  const { boundary } = loop;
  if (boundary === null || !changes.headMoved || before.head === null || after.head === null) return;
  const tokens = await boundary.git.withNewTokens(changes.paths, before.head);
  await nameTokens(loop, boundary, { copies: [], tokens });
}

/** Says of a checkpoint that was made what secrets it holds, and what it holds as a copy; each file once. */
export async function nameTokens(
  loop: Loop,
  { git, withTokens, redacted }: Boundary,
  { copies, tokens }: { readonly copies: readonly GitPath[]; readonly tokens: readonly GitPath[] },
): Promise<void> {
  for (const path of copies) {
    await nameOnce(loop, redacted, git.show(path), {
      kind: 'redacted_copy',
      text: (name) =>
        `${name} holds what looks like a secret: it is committed without it, and stays as it is on the disk`,
    });
  }
  for (const path of tokens) {
    await nameOnce(loop, withTokens, git.show(path), {
      kind: 'token_committed',
      text: (name) => `${name} is committed with something new in it that looks like a secret`,
    });
  }
}

async function nameOnce(
  loop: Loop,
  known: Set<string>,
  shown: string,
  {
    kind,
    text,
  }: {
    readonly kind: 'left_uncommitted' | 'redacted_copy' | 'token_committed';
    readonly text: (name: string) => string;
  },
): Promise<void> {
  const name = redactTokens(shown);
  if (known.has(name)) return;
  known.add(name);
  await loop.notice(kind, text(name));
}
