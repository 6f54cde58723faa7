import { PAIRS } from '../core/vocabulary.ts';
import type { RunFilePaths } from '../inspect/run-file-paths.ts';

/**
 * The papers of a run by the names that the page asks for, relative to the run's folder: request, artifacts pair by pair, the plan
 * itself before what was said of it, decisions.
 */
export function paperNames({ run, request, decisions, artifacts }: RunFilePaths): readonly string[] {
  const names = [request, ...artifacts, decisions].flatMap((file) => {
    if (file === null || !file.startsWith(`${run}/`)) return [];
    return [file.slice(run.length + 1)];
  });
  return [...names].sort((a, b) => rankOf(a) - rankOf(b));
}

const PLAN_FIRST = ['artifacts/plan/plan.md', 'artifacts/plan/phase_plan.yaml'];

/** Of two papers of one rank the order is kept. */
function rankOf(name: string): number {
  const [folder, pair] = name.split('/');
  if (folder !== 'artifacts') return name === 'request.md' ? 0 : 100;
  const place = PLAN_FIRST.indexOf(name);
  const at = PAIRS.findIndex((known) => known === pair);
  return place >= 0 ? 1 + place : at < 0 ? 99 : 10 + at;
}
