import path from 'node:path';
import { Problem } from '../../core/problem.ts';
import { machineFolder } from '../../files/places.ts';
import { type ConfigRecord, configRecord } from '../../git/config-record.ts';
import { Git } from '../../git/git.ts';
import { fromText } from '../../git/paths.ts';
import { type OpenedGit, openGit } from '../../git/repository.ts';
import { createRunner, type GitRunner } from '../../git/runner.ts';
import type { TaskTree } from './record.ts';

type OpenedHere = Extract<OpenedGit, { kind: 'repository' }>;

const NO_REPOSITORY = 'Choose a workspace in a repository with --workspace.';

/**
 * The repository of a workspace; what an agent made git's configuration is refused. Rejects with a Problem where there is none, with
 * `hint` as what to do.
 */
export function openHere(workspace: string, hint = NO_REPOSITORY): Promise<OpenedHere> {
  return open(workspace, recordOf(workspace), { runner: createRunner({ workspace }), hint });
}

/** The same beside a run that may be at work there: what it has taken down stays its own. */
export function openToLook(workspace: string, runner = createRunner({ workspace })): Promise<OpenedHere> {
  const record = recordOf(workspace);
  return open(
    workspace,
    { read: () => record.read(), write: () => Promise.resolve() },
    { runner, hint: NO_REPOSITORY },
  );
}

async function open(
  workspace: string,
  record: ConfigRecord,
  { runner, hint }: { readonly runner: GitRunner; readonly hint: string },
): Promise<OpenedHere> {
  const opened = await openGit(workspace, { runner, configRecord: record });
  if (opened.kind === 'repository') return opened;
  const why = opened.kind === 'missing' ? 'git is not installed' : `${workspace} is in no git repository`;
  throw new Problem('usage', `${why}: a task has no work tree of its own there`, hint);
}

function recordOf(workspace: string): ConfigRecord {
  return configRecord(path.join(machineFolder(workspace), 'git-config.json'));
}

/** git in a task's work tree, by what is known of the repository already: no process. The tree shares its configuration. */
export function gitIn(
  { top, folder, admin }: Pick<TaskTree, 'top' | 'folder' | 'admin'>,
  around: Git,
  runner: GitRunner,
): Git {
  const { commonDir, objectFormat } = around.place;
  const prefix = fromText(folder === '' ? '' : `${folder}/`);
  return new Git(runner, { top, gitDir: admin, commonDir, prefix, objectFormat });
}
