import type { RunEvent } from '../core/events.ts';
import { CHECKPOINT_TRAILER } from '../git/recovery.ts';

/** A commit of a branch, with its parents and message. */
export interface BranchCommit {
  readonly id: string;
  readonly parents: readonly string[];
  readonly message: string;
}

/**
 * Which of these commits are the run's: those that its log names, those that its agents made in their turns, and those with its
 * trailer that no event tells of. A commit with the trailer of a logged one is a person's rewriting of it.
 */
export function ownCommits(
  events: readonly RunEvent[],
  { runId, checkpoints }: { readonly runId: string; readonly checkpoints: number },
  commits: readonly BranchCommit[],
): ReadonlySet<string> {
  const logged = new Set(events.flatMap(commitsIn));
  const within = new Set(commits.map(({ id }) => id));
  const parents = new Map(commits.map((commit) => [commit.id, commit.parents]));
  const byAgents = events.flatMap((event) => agentsCommits(event, parents));
  const unlogged = commits.filter(({ message }) => isUnlogged(message, runId, checkpoints)).map(({ id }) => id);
  return new Set([...logged, ...byAgents, ...unlogged].filter((id) => within.has(id)));
}

function commitsIn(event: RunEvent): string[] {
  switch (event.event_type) {
    case 'checkpoint':
    case 'edits_recovered':
    case 'run_rewound':
      return event.commit === null ? [] : [event.commit];
    default:
      return [];
  }
}

/** From the commit at which a turn began, which the event tells, to the one at which it ended. */
function agentsCommits(event: RunEvent, parents: ReadonlyMap<string, readonly string[]>): string[] {
  if (event.event_type !== 'noticed' || event.kind !== 'agent_committed') return [];
  const [, from = '', to = ''] = /^([0-9a-f]{40,64}) -> ([0-9a-f]{40,64})$/.exec(event.detail) ?? [];
  const found = new Set<string>();
  const walk = (from === '' ? [] : [to]).filter((id) => id !== from);
  for (let id = walk.pop(); id !== undefined; id = walk.pop()) {
    if (found.has(id) || !parents.has(id)) continue;
    found.add(id);
    walk.push(...(parents.get(id) ?? []).filter((parent) => parent !== from));
  }
  // Where the turn's first commit is not among its ancestors, the agent had gone elsewhere: nobody knows whose these are.
  const isConnected = [...found].some((id) => parents.get(id)?.includes(from) === true);
  return isConnected ? [...found] : [];
}

function isUnlogged(message: string, runId: string, checkpoints: number): boolean {
  const name = new RegExp(`^${CHECKPOINT_TRAILER}: ${runId}/(.+)$`, 'm').exec(message)?.[1];
  if (name === undefined) return false;
  return !/^\d+$/.test(name) || Number(name) >= checkpoints;
}
