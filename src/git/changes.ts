import * as z from 'zod';
import type { GitPath, Observation, RepositoryChanges } from '../run/git-port.ts';

/**
 * What happened between two observations. `inCommits` are the paths that the two commits differ in: a path that was dirty and is
 * clean again has vanished, except where somebody's commit explains it.
 */
export function compareObservations(
  before: Observation,
  after: Observation,
  inCommits: readonly GitPath[],
): RepositoryChanges {
  const committed = new Set(inCommits);
  const edited = [...after.dirty].filter(([path, print]) => before.dirty.get(path) !== print).map(([path]) => path);
  const vanished = [...before.dirty.keys()].filter((path) => !after.dirty.has(path) && !committed.has(path));
  return {
    paths: [...new Set([...edited, ...vanished, ...inCommits])].sort(),
    headMoved: before.head !== after.head,
    branchSwitch: before.branch === after.branch ? null : { from: before.branch, to: after.branch },
    vanished: vanished.sort(),
  };
}

/**
 * The observation after our own commit of `paths`, without asking git. Right as long as nothing but this program ran since
 * `before`: after a pause or a prompt, observe.
 */
export function afterCommit(before: Observation, paths: readonly GitPath[], commit: string): Observation {
  const dirty = new Map(before.dirty);
  for (const path of paths) dirty.delete(path);
  return { ...before, head: commit, dirty };
}

/** The form in which an observation is kept as JSON; every byte of a path survives. */
export function encodeObservation({ head, branch, dirty }: Observation): z.infer<typeof ENCODED> {
  return { version: 1, head, branch, dirty: [...dirty] };
}

/** Null for anything that `encodeObservation` has not made. */
export function decodeObservation(document: unknown): Observation | null {
  const encoded = ENCODED.safeParse(document);
  if (!encoded.success) return null;
  const { head, branch, dirty } = encoded.data;
  return { head, branch, dirty: new Map(dirty) };
}

const ENCODED = z.object({
  version: z.literal(1),
  head: z.string().nullable(),
  branch: z.string().nullable(),
  dirty: z.array(z.tuple([z.string(), z.string()])),
});
