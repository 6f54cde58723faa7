import path from 'node:path';
import { createRig, type Rig } from './rig.ts';

/** The deed of the agent in these tests. */
export const RULE = { pair: 'implement', role: 'producer', write: { 'src/made.txt': 'made\n' } } as const;
/** A start of the task `job` in a work tree of its own. */
export const START = ['--intent', 'Build it', '--task-id', 'job', '--pairs', 'plan,implement', '--worktree'];

/** A workspace with one commit. */
export async function rigWithCommit(
  options: Parameters<typeof createRig>[0] = { script: { rules: [RULE] } },
): Promise<Rig> {
  const rig = await createRig(options);
  rig.write('base.txt', 'as it was\n');
  rig.git('add', 'base.txt');
  rig.git('commit', '-qm', 'mine');
  return rig;
}

/** Where the work tree of a task is made. */
export const treeOf = (rig: Rig, task = 'job') =>
  path.join(path.dirname(rig.workspace), `${path.basename(rig.workspace)}.autoloop`, task);
