import { isEvidenceOn } from '../../core/checks-due.ts';
import { withNamedGuards } from './guarded.ts';
import type { Loop } from '../loop.ts';
import { contentsNow } from './carried.ts';
import { ResultStore } from './results.ts';
import { ownValue } from '../../core/own-value.ts';

/** The state of the sources when an agent was at work last, to be logged where the run stops; null: nobody will ask. */
export async function sourcesLeft(loop: Loop): Promise<string | null> {
  const { checks: bench } = loop.ports;
  const { resolved, left } = loop.state.checks;
  if (bench === null || bench === undefined || resolved === null || !isEvidenceOn(loop.state)) return null;
  if (loop.leftWaiting !== null) return loop.leftWaiting;
  if (left !== null) return left;
  try {
    return await bench.snapshot();
  } catch {
    return null; // The repository may be why the run ends: what a person edits until its resume is then not known.
  }
}

/** Somebody is asked, who may edit before the answer. */
export async function beginWaiting(loop: Loop): Promise<void> {
  loop.leftWaiting ??= await sourcesLeft(loop);
}

export async function endWaiting(loop: Loop): Promise<void> {
  const from = loop.leftWaiting;
  loop.leftWaiting = null;
  if (from !== null) await takeOverEdits(loop, { from, configuration: false });
}

/**
 * What was edited while no agent was at work is a person's: guards among it count from now on as they are. `configuration`: our own
 * file is a person's whenever it came to be so, because the start has found that no agent wrote it, or was told to take it.
 */
export async function takeOverEdits(
  loop: Loop,
  { from, configuration }: { readonly from: string | null; readonly configuration: boolean },
): Promise<void> {
  const { checks: bench } = loop.ports;
  const { resolved, phaseTrees } = loop.state.checks;
  const { evidence } = loop.settings;
  if (bench === null || bench === undefined || evidence === undefined) return;
  if (resolved === null || !isEvidenceOn(loop.state)) return;
  if (from === null && !configuration) return; // Nothing to compare with, as at a start.
  const to = await bench.snapshot();
  if (from === to && !configuration) return;
  if ((await bench.lost([...comparedStates(loop), from ?? to])).length > 0) return; // Nothing is compared any more.
  const ground = { base: resolved.baseTree, guards: resolved.guardTree, later: phaseTrees.at(-1)?.tree ?? null };
  const guarded = await withNamedGuards(loop, new ResultStore(loop, bench, evidence), to);
  const moved = await bench.withPersonsGuards(ground, { from, to, configuration }, guarded);
  const isMoved = moved.guards !== ground.guards || moved.base !== ground.base || moved.later !== ground.later;
  if (!isMoved && (from === null || from === to)) return;
  await loop.record({
    event_type: 'person_edited',
    from,
    to,
    base_tree: moved.base,
    guard_tree: moved.guards,
    later_tree: moved.later,
    paths: isMoved ? moved.paths.slice(0, 100) : [],
  });
}

/** Changes that a person stands for, as they are now. */
export async function acceptChanges(loop: Loop, names: readonly string[]): Promise<void> {
  if (names.length === 0) return;
  const { checks: bench } = loop.ports;
  const { evidence } = loop.settings;
  const carried = loop.state.checks.resolved?.carried ?? null;
  const tree = await bench?.snapshot();
  const contents =
    bench && evidence && carried !== null ? await contentsNow(new ResultStore(loop, bench, evidence), carried.at) : {};
  for (const name of names) {
    const content = ownValue(contents, name);
    const stated = { ...(tree === undefined ? {} : { tree }), ...(content === undefined ? {} : { content }) };
    await loop.record({ event_type: 'change_accepted', name, source: 'human', ...stated });
  }
}

/** What today's sources are compared with. */
export function comparedStates({ state }: Loop): readonly string[] {
  const { resolved, phaseTrees } = state.checks;
  const ground = resolved === null ? [] : [resolved.baseTree, resolved.guardTree];
  return [...ground, ...phaseTrees.map(({ tree }) => tree)];
}
