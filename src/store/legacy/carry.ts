import path from 'node:path';
import { phaseKey } from '../../core/ids.ts';
import type { RunState } from '../../core/state.ts';
import { replaceFile } from '../../files/replace.ts';
import { isThere, readBytes } from '../../files/door.ts';
import { listFolder } from '../../files/folders.ts';
import { guardPath } from '../disk/guard.ts';
import type { RunLayout } from '../layout.ts';
import { ownValue } from '../../core/own-value.ts';

/**
 * Copies what all runs of a task shared until release 0.1.5 to where a run has it for itself today, so that its agents keep
 * their notes and feedback: the plan, and for each pair and phase that the run works on the folder of the phase. Where phases
 * shared one folder, it goes to the phase at which the run stands. What the run already has stays. Resolves with the names of
 * what was carried.
 */
export async function carryArtifacts(layout: RunLayout, state: RunState): Promise<readonly string[]> {
  const carried: string[] = [];
  for (const { name, from, to, only } of moves(layout, state)) {
    if (await copyMissing(layout, { from, to, only })) carried.push(name);
  }
  return carried;
}

interface Move {
  readonly name: string;
  readonly from: string;
  readonly to: string;
  /** The one file to take; null: all. */
  readonly only: string | null;
}

function moves(layout: RunLayout, state: RunState): readonly Move[] {
  const { folder } = layout.task;
  // A run that was never started seeds its own plan, round the phases that are there.
  const only = state.at === 'unborn' ? 'phase_plan.yaml' : null;
  const plan = {
    name: 'plan',
    from: path.join(folder, 'plan'),
    to: layout.artifactDir({ pair: 'plan', phaseId: null }),
    only,
  };
  const pairs = (['implement', 'test'] as const).filter((pair) => state.run.pairs.includes(pair));
  return [plan, ...pairs.flatMap((pair) => phaseMoves(layout, state, pair))];
}

function phaseMoves(layout: RunLayout, state: RunState, pair: 'implement' | 'test'): readonly Move[] {
  const shared = path.join(layout.task.folder, pair);
  const current = currentPhase(state);
  return phasesOf(state).flatMap((phaseId) => {
    const own = path.join(
      shared,
      'phases',
      phaseKey(phaseId, (key) => isThere(path.join(shared, 'phases', key))),
    );
    const to = layout.artifactDir({ pair, phaseId });
    const name = `${pair} of ${phaseId}`;
    if (isThere(own)) return [{ name, from: own, to, only: null }];
    return phaseId === current ? [{ name, from: shared, to, only: null }] : [];
  });
}

/** The phases that the run works on, as far as it has got: without a selection those of which it has begun a pair. */
function phasesOf({ selection, active, completed }: RunState): readonly string[] {
  if (selection !== null) return selection.phaseIds;
  const begun = completed.flatMap((key) => /^(?:implement|test):(.*)$/s.exec(key)?.[1] ?? []);
  const phaseId = active?.scope.phaseId;
  return [...new Set(phaseId === null || phaseId === undefined ? begun : [...begun, phaseId])];
}

function currentPhase(state: RunState): string | null {
  const ids = phasesOf(state);
  const due = ids.find((id) => ownValue(state.phases, id)?.status !== 'completed');
  return state.active?.scope.phaseId ?? due ?? ids.at(-1) ?? null;
}

/** Whether there was anything to copy that was not there. */
async function copyMissing(layout: RunLayout, { from, to, only }: Omit<Move, 'name'>): Promise<boolean> {
  guardPath(layout.task.state, from);
  let copied = false;
  for (const name of filesIn(from)) {
    const target = path.join(to, name);
    guardPath(layout.task.state, target);
    if ((only !== null && name !== only) || isThere(target)) continue;
    await replaceFile(target, readBytes(path.join(from, name), Infinity) ?? '');
    copied = true;
  }
  return copied;
}

/** Instructions that older releases wrote beside the artifacts, and that this one has built in. */
const PROMPTS: readonly string[] = ['prompt.md', 'verifier_prompt.md'];

function filesIn(folder: string): readonly string[] {
  const files = listFolder(folder).filter(({ kind, name }) => kind === 'file' && !PROMPTS.includes(name));
  return files.map(({ name }) => name);
}
