import type { Loop, Stop } from './loop.ts';
import type { RepositoryChanges } from './git-port.ts';

/** An agent that switched branches stops the run at the end of its turn: where its commits belong is the operator's to say. */
export async function stopForSwitch(
  loop: Loop,
  { from, to }: NonNullable<RepositoryChanges['branchSwitch']>,
  head: string | null,
): Promise<Stop> {
  await recordSwitch(loop, from, to);
  const back = from === null ? `git switch --detach ${head?.slice(0, 10) ?? ''}`.trim() : `git switch ${from}`;
  const reason = `the agent switched from ${nameOf(from)} to ${nameOf(to)}: go back with ${back}, or resume to go on with ${nameOf(to)}`;
  return { status: 'paused', reason };
}

/** Whoever resumes on another branch than that of the last turn goes on there; that is said, and kept in the log. */
export async function noticeBranch(loop: Loop): Promise<void> {
  const from = loop.state.active?.turn?.branch;
  if (loop.boundary === null || from === undefined) return;
  const { branch: to } = await loop.boundary.begin();
  if (from === to) return;
  loop.ports.narrator.warn(`the last turn of this run began on ${nameOf(from)}; the run goes on on ${nameOf(to)}`);
  await recordSwitch(loop, from, to);
}

function recordSwitch(loop: Loop, from: string | null, to: string | null): Promise<null> {
  return loop.record({ event_type: 'noticed', kind: 'branch_switched', detail: `${nameOf(from)} -> ${nameOf(to)}` });
}

function nameOf(branch: string | null): string {
  return branch === null ? 'a detached HEAD' : `branch ${branch}`;
}
