import type { KeyRow } from '../key-row.ts';
import { integer, number, TEXT } from '../kinds.ts';

/** How the work trees of tasks are made and left. */
export const WORKTREE_KEYS = [
  {
    key: 'worktree.setup',
    kind: TEXT,
    default: null,
    meaning:
      'Shell command that prepares a new work tree before its first turn, such as `npm ci`; again only after it failed.',
    isRisky: true,
    recorded: false,
  },
  {
    key: 'worktree.teardown',
    kind: TEXT,
    default: null,
    meaning: 'Shell command that is run in a work tree before it is removed.',
    isRisky: true,
    recorded: false,
  },
  {
    key: 'worktree.root',
    kind: TEXT,
    default: null,
    meaning: 'Folder in which work trees are made, from the workspace on; outside the repository.',
    recorded: false,
  },
  {
    key: 'worktree.port_base',
    kind: integer({ least: 1, most: 60_000 }),
    default: 4100,
    meaning: 'First port of the first work tree (`AUTOLOOP_PORT`); each further one has its own, 20 apart.',
    recorded: false,
  },
  {
    key: 'worktree.include_max_mb',
    kind: number({ least: 0 }, '(MB)'),
    default: 200,
    meaning: 'The most that `.worktreeinclude` may copy into a work tree.',
    recorded: false,
  },
] as const satisfies readonly KeyRow[];
