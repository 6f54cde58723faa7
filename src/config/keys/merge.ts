import { STATE_FOLDER } from '../../core/state-folder.ts';
import type { KeyRow } from '../key-row.ts';
import { choice, FLAG, TEXT } from '../kinds.ts';

/** How the work of a task is brought into another branch. */
export const MERGE_KEYS = [
  {
    key: 'merge.strategy',
    kind: choice('squash', 'no-ff', 'ff-only', 'rebase'),
    default: 'squash',
    meaning: 'What `autoloop merge` makes: one commit, a merge commit, nothing new, or each commit again.',
    recorded: false,
  },
  {
    key: 'merge.check',
    kind: TEXT,
    default: null,
    meaning:
      'Shell command that must pass on the merged files, in the work tree of the task, before anything is merged.',
    isRisky: true,
    recorded: false,
  },
  {
    key: 'merge.keep_artifacts',
    kind: FLAG,
    default: false,
    meaning: `Whether a squash or a rebase brings the program's own files in \`${STATE_FOLDER}/\`, too.`,
    recorded: false,
  },
] as const satisfies readonly KeyRow[];
