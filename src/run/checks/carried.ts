import type { Evidence } from '../../core/checks/judgement.ts';
import type { StateChanges } from '../check-port.ts';
import type { Loop } from '../loop.ts';
import type { ResultStore } from './results.ts';

/** Files that say which dependencies there are. */
const RECORDS =
  /(?:^|\/)(?:package(?:-lock)?\.json|(?:pnpm-lock|pnpm-workspace)\.yaml|yarn\.lock|bun\.lockb?|pyproject\.toml|setup\.(?:py|cfg)|[\w-]*requirements[\w-]*\.(?:txt|in)|(?:poetry|uv|Pipfile|composer|Gemfile)\.lock|Pipfile|composer\.json|Gemfile|go\.(?:mod|sum))$/;

/**
 * The folders of dependencies that are not as they were when the run began. They are links into the work tree, so that agents can change
 * what checks run with; whoever installs something has it in a lock file as well.
 */
export async function carriedSince(
  loop: Loop,
  { bench, evidence }: ResultStore,
  { differences }: StateChanges,
): Promise<NonNullable<Evidence['carried']>> {
  const before = loop.state.checks.resolved?.carried ?? null;
  if (before === null || bench.carried === undefined) return [];
  const now = await bench.carried(evidence, before.at);
  const isRecorded = differences.some(({ path }) => RECORDS.test(path));
  const changed = now.folders.filter(({ path, digest }) => ![undefined, digest].includes(before.folders[path]));
  return changed.map(({ path, touched }) => ({
    path,
    detail: touched.length === 0 ? null : touched.join(', '),
    isRecorded,
  }));
}
