import type { Loop, Stop } from './loop.ts';
import type { RepositoryChanges } from './git-port.ts';

type Switch = NonNullable<RepositoryChanges['branchSwitch']>;

/** An agent that switched branches stops the run at the end of its turn: where its commits belong is the operator's to say. */
export async function stopForSwitch(loop: Loop, change: Switch, head: string | null): Promise<Stop> {
  loop.boundary?.stray();
  await loop.notice('branch_switched', `${nameOf(change.from)} -> ${nameOf(change.to)}`);
  return { status: 'paused', reason: switchText(change, head) };
}

/** `head`: the commit before the switch. */
export function switchText({ from, to }: Switch, head: string | null): string {
  const back = from === null ? `git switch --detach ${head?.slice(0, 10) ?? ''}`.trim() : `git switch ${from}`;
  return `the agent switched from ${nameOf(from)} to ${nameOf(to)}: go back with ${back}, or resume to go on with ${nameOf(to)}`;
}

/** Whoever resumes on another branch than that of the last turn goes on there; that is said, and kept in the log. */
export async function noticeBranch(loop: Loop): Promise<void> {
  const from = loop.state.active?.turn?.branch;
  if (loop.boundary === null || from === undefined) return;
  const { branch: to } = await loop.boundary.begin();
  if (from === to) return;
  const detail = `the last turn of this run began on ${nameOf(from)}; the run goes on on ${nameOf(to)}`;
  await loop.notice('resumed_on_branch', detail);
}

function nameOf(branch: string | null): string {
  return branch === null ? 'a detached HEAD' : `branch ${branch}`;
}
