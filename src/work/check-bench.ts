import { openCacheFolder } from '../files/machine-folder.ts';
import type { Git } from '../git/git.ts';
import { createRunner } from '../git/runner.ts';
import type { CheckBench } from '../run/check-port.ts';
import type { Supervisor } from '../supervision/supervisor.ts';
import type { Io } from './ports.ts';

/** What runs checks in a workspace: opened when the first run wants it, closed with the workspace. */
export interface CheckWork {
  open(): Promise<CheckBench | null>;
  close(): Promise<void>;
}

export const NO_BENCH: CheckWork = {
  open: async () => Promise.resolve(null),
  close: async () => Promise.resolve(),
};

export interface CheckPlaces {
  /** See `openMachineFolder`. */
  readonly machine: string | null;
  /** The repository as the run has it, whose configuration is watched; null: it is looked for. */
  readonly git: Git | null;
  /** The workspace is worked on without git, wherever it lies. */
  readonly withoutGit?: boolean;
  readonly cache?: string;
}

/** Checks run under the same supervision as agents. Copies of the sources and known passes are kept in `cache`, else where it can be. */
export function checkBench(
  workspace: string,
  supervisor: Supervisor,
  io: Pick<Io, 'stop' | 'hurry' | 'environment'>,
  { machine, git, cache, withoutGit = false }: CheckPlaces,
): CheckWork {
  const { stop, hurry, environment } = io;
  let opened: Promise<CheckBench | null> | null = null;
  let closeCache = (): void => undefined;
  const openCache = () => {
    const { folder, close } = openCacheFolder(workspace, machine, environment.env);
    closeCache = close;
    return folder;
  };
  const open = async () => {
    const [{ openBench }, { supervisedProcesses }] = await Promise.all([
      import('../checks/bench.ts'),
      import('../checks/processes.ts'),
    ]);
    const common = {
      workspace,
      cache: cache ?? openCache(),
      processes: supervisedProcesses(supervisor, { stop, hurry }),
      env: environment.env,
    };
    if (withoutGit) return (await import('../checks/folder-bench.ts')).openFolderBench(common);
    return openBench({ ...common, git, runner: createRunner({ workspace, stop, hurry }) });
  };
  return {
    open: () => (opened ??= open()),
    async close() {
      try {
        await (await opened)?.close();
      } finally {
        closeCache();
      }
    },
  };
}
