import path from 'node:path';
import { Problem } from '../../core/problem.ts';
import { machineFolder } from '../../files/places.ts';
import { configRecord } from '../../git/config-record.ts';
import type { Git } from '../../git/git.ts';
import { openGit } from '../../git/repository.ts';
import { createRunner } from '../../git/runner.ts';

/** The repository of a workspace; what an agent made git's configuration is refused. Rejects with a Problem where there is none. */
export async function openHere(workspace: string): Promise<{ git: Git; identityMissing: boolean }> {
  const record = configRecord(path.join(machineFolder(workspace), 'git-config.json'));
  const opened = await openGit(workspace, { runner: createRunner({ workspace }), configRecord: record });
  if (opened.kind === 'repository') return opened;
  const why = opened.kind === 'missing' ? 'git is not installed' : `${workspace} is in no git repository`;
  throw new Problem(
    'usage',
    `${why}: a task has no work tree of its own there`,
    'Run git init and commit first, or leave --worktree out.',
  );
}
