import type { RunLayout } from '../store/layout.ts';
import { Changes } from './changes.ts';
import { type LockHolder, lockHolder } from './lock-holder.ts';

export interface Looking {
  readonly stop: AbortSignal;
  /** False: one look. */
  readonly isFollowing: boolean;
}

/**
 * A look at a run now, and one whenever something of it has changed, until the stop. Each gives who holds the lock, which is asked
 * before anything is read: whoever is gone by then has written all that there will be.
 */
export async function* looks(layout: RunLayout, { stop, isFollowing }: Looking): AsyncGenerator<LockHolder | null> {
  const { state } = layout.task;
  using changes = new Changes(isFollowing ? [layout.run, layout.turns, state.folder] : []);
  do {
    yield await lockHolder(state);
    if (isFollowing) await changes.next(stop);
  } while (isFollowing && !stop.aborted);
}
