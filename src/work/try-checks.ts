import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type Check, dueFrom } from '../core/checks/check.ts';
import { cannotRun } from '../core/checks/plausible.ts';
import { Problem } from '../core/problem.ts';
import type { Settings } from '../core/settings.ts';
import { startSupervisor } from '../supervision/supervisor.ts';
import type { Ran } from '../run/check-port.ts';
import { configuredCheck } from '../run/checks/base.ts';
import { checkBench } from './check-bench.ts';
import type { Environment, Signals } from './ports.ts';

/** A check with what one run of it on the last commit has shown. */
export interface TriedCheck extends Ran {
  readonly check: Check;
  /** From when on a run would run it. */
  readonly due: ReturnType<typeof dueFrom>;
  /** It did its work, whatever it said. */
  readonly isUsable: boolean;
  /** The last lines of its output. */
  readonly tail: string | null;
}

/**
 * Runs every check of a workspace once on the last commit, one after the other, and hands each over as it ends. Works beside a run: its
 * copy of the sources is its own, and gone afterwards. Rejects with a Problem outside of a repository with a commit.
 */
export async function* tryChecks(
  workspace: string,
  settings: Settings,
  io: Signals & { readonly environment: Environment },
): AsyncGenerator<TriedCheck> {
  const { evidence } = settings;
  if (evidence === undefined) return;
  const folder = mkdtempSync(path.join(os.tmpdir(), 'autoloop-checks-'));
  const supervisor = startSupervisor({ directory: folder, stop: io.stop });
  const bench = checkBench(workspace, supervisor, io, { machine: null, git: null, cache: folder });
  try {
    const open = await bench.open();
    const last = (await open?.lastCommit()) ?? null;
    if (open === null || last === null) {
      throw new Problem('git', `${workspace} has no commit on which checks could be run`, 'Make a first commit.');
    }
    const checks = settings.checks?.map(configuredCheck) ?? (await open.discover());
    const tree = await last.tree();
    for (const [at, check] of checks.entries()) {
      if (io.stop.aborted) return;
      const logFile = path.join(folder, `${at}.log`);
      const where = evidence.where === 'in_place' ? 'in_place' : 'clean';
      const request = { check, tree, where, expected: null, evidence, logFile, mayBeKnown: false } as const;
      const ran = await open.run(request);
      const due = dueFrom(check, ran.result.durationMs);
      yield { ...ran, check, due, isUsable: !cannotRun(ran.result), tail: await open.tail(logFile) };
    }
  } finally {
    await bench.close();
    await supervisor.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
