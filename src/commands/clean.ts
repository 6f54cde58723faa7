import { Problem } from '../core/problem.ts';
import { openForLooking } from '../history/repository.ts';
import { outdated, removeSnapshots, snapshotsIn } from '../history/old-snapshots.ts';
import { print, printDocument } from '../inspect/print.ts';
import { resolveSettings } from '../work/settings.ts';
import { processEnvironment } from '../terminal/at-terminal.ts';

export interface CleanRequest {
  readonly workspace: string;
  readonly history: boolean;
  readonly isDry: boolean;
}

/** `autoloop clean --history`: removes the snapshots of uncommitted files that have had their time, and names each with its commit. */
export async function clean({ workspace, history, isDry }: CleanRequest, asJson: boolean): Promise<number> {
  if (!history) throw new Problem('usage', 'autoloop clean removes what it is told to: give --history');
  const { settings } = await resolveSettings({ workspace, ...processEnvironment() }, {});
  const git = await openForLooking(workspace);
  const all = await snapshotsIn(git);
  const gone = outdated(all, { keepDays: settings.history.keepDays, now: Date.now() });
  if (!isDry) await removeSnapshots(git, gone);
  const kept = all.length - gone.length;
  const removed = gone.map(({ ref, commit, madeAt }) => ({ ref, commit, made_at: new Date(madeAt).toISOString() }));
  if (asJson) {
    const document: CleanDocument = { version: 1, dry_run: isDry, removed, kept };
    await printDocument(document);
  } else {
    const lines = removed.map(({ ref, commit, made_at }) => `    ${ref} ${commit} (${made_at.slice(0, 10)})`);
    const head = `[*] ${isDry ? 'Would remove' : 'Removed'} ${removed.length} of ${all.length} snapshots of uncommitted files`;
    await print(`${[head, ...lines].join('\n')}\n`);
  }
  return 0;
}

/** What `--json` prints: docs/json.md. */
interface CleanDocument {
  readonly version: 1;
  readonly dry_run: boolean;
  readonly removed: readonly { ref: string; commit: string; made_at: string }[];
  readonly kept: number;
}
