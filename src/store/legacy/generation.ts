import path from 'node:path';
import { STATE_FOLDER } from '../../core/state-folder.ts';
import { isThere, readText } from '../../files/door.ts';
import { foldersIn } from '../../files/folders.ts';

/**
 * The layouts in which older releases left state, told apart by what each added (docs/state.md):
 *
 *     G0  `.superloop` itself: context.md, no tasks       G4  artifacts and sessions of each phase
 *     G1  tasks with runs; the request in context.md      G5  decisions.txt of the task
 *     G2  request.md and session.json of a run            G6  `.autoloop`, sessions that name their provider
 *     G3  a phase plan                                    G8  run.json and artifacts of a run, as today
 *
 * G7 is G6 with the artifacts committed, which its files do not show.
 */
export type Generation = 'G0' | 'G1' | 'G2' | 'G3' | 'G4' | 'G5' | 'G6' | 'G8';

/** The generation of a task's folder, or of a `.superloop` without tasks: the newest of which it has a trace. Null: neither. */
export function generationOf(folder: string): Generation | null {
  const has = (...names: string[]) => names.some((name) => isThere(path.join(folder, name)));
  const runs = foldersIn(path.join(folder, 'runs'));
  const runHas = (...names: string[]) => runs.some((run) => names.some((name) => has(`runs/${run}/${name}`)));
  if (runHas('run.json', 'artifacts')) return 'G8';
  if (path.basename(path.resolve(folder, '../..')) === STATE_FOLDER) return 'G6';
  if (has('decisions.txt')) return 'G5';
  if (has('implement/phases', 'test/phases') || runHas('sessions')) return 'G4';
  if (has('plan/phase_plan.yaml') || namesPhases(path.join(folder, 'task.json'))) return 'G3';
  if (runHas('request.md', 'session.json')) return 'G2';
  if (has('runs', 'task.json')) return 'G1';
  return has('context.md', 'raw_phase_log.md', 'run_log.md') ? 'G0' : null;
}

function namesPhases(file: string): boolean {
  try {
    return readText(file)?.includes('"active_phase_selection"') === true;
  } catch {
    return false; // Without task.json the other traces decide.
  }
}
