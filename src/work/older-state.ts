import { adoptRun } from '../store/legacy/fill-run.ts';
import { importTask } from '../store/legacy/import.ts';
import type { FoundRun } from '../store/tasks/lookup.ts';
import type { Workbench } from './open-workspace.ts';

/** Makes state of an older release ready to go on with: what it is said to have done, one line each. Old state is not changed. */
export async function bringIn({ workspace }: Workbench, found: FoundRun): Promise<readonly string[]> {
  if (found.root === 'autoloop') return adoptRun(workspace, found);
  const { lines } = await importTask(workspace, found);
  return lines;
}
