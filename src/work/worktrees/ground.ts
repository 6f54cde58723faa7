import type { Supervised } from '../../checks/processes.ts';
import type { Settings } from '../../core/settings.ts';
import type { TaskGround } from '../../run/ports.ts';
import type { Io } from '../ports.ts';
import { treeAt } from './at-work.ts';
import { readRecord, writeRecord } from './record.ts';
import { setUp } from './setup.ts';

/** What the ground of runs is prepared with. */
export interface GroundTools {
  readonly settings: Pick<Settings, 'worktree'>;
  readonly processes: Supervised;
  readonly io: Pick<Io, 'line' | 'warn' | 'stop' | 'hurry' | 'environment'>;
}

/** The work tree of a task as runs in it need it; null: the workspace is in none. */
export function taskGround(workspace: string, { settings, processes, io }: GroundTools): TaskGround | null {
  const tree = treeAt(workspace);
  if (tree === undefined) return null;
  const { branch, base, baseBranch, top, admin } = tree;
  const command = settings.worktree?.setup ?? null;
  return {
    names: { branch, base, base_branch: baseBranch },
    prepare: (turns) => setUp(tree, { command, turns }, { processes, io }),
    async tell(record) {
      const known = readRecord(admin);
      if (known?.isTold !== false) return;
      const { included = 0, setupMs = null } = known;
      await record({
        event_type: 'worktree_created',
        path: top,
        branch,
        base,
        base_branch: baseBranch,
        included,
        setup_ms: setupMs,
      });
      await writeRecord(admin, { ...known, isTold: true });
    },
  };
}
