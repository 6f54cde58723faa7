import type { Git } from '../git/git.ts';
import { SAFETY, SNAPSHOT_SUBJECT } from '../git/snapshot.ts';

/** A reference that keeps what was not committed once. */
export interface KeptSnapshot {
  readonly ref: string;
  readonly commit: string;
  /** When it was made, ms since 1970. */
  readonly madeAt: number;
}

/** Newer ones than these many are kept, whatever their number. */
const MOST = 50;

/** Which of them have had their time: older than `keepDays`, or with 50 newer ones. */
export function outdated(snapshots: readonly KeptSnapshot[], { keepDays, now }: { keepDays: number; now: number }) {
  const newestFirst = snapshots.toSorted((a, b) => b.madeAt - a.madeAt);
  return newestFirst.filter(({ madeAt }, place) => place >= MOST || now - madeAt > keepDays * DAY_MS);
}

const DAY_MS = 24 * 60 * 60 * 1000;

/** The snapshots of a repository, all work trees'. What is no snapshot of ours below the same name is not among them. One process. */
export async function snapshotsIn(git: Git): Promise<readonly KeptSnapshot[]> {
  const format = '%(refname)%00%(objectname)%00%(committerdate:unix)%00%(contents:subject)';
  const output = (await git.output(['for-each-ref', `--format=${format}`, SAFETY])).toString();
  return output.split('\n').flatMap((line) => {
    const [ref = '', commit = '', seconds = '', subject] = line.split('\0');
    return subject === SNAPSHOT_SUBJECT ? [{ ref, commit, madeAt: Number(seconds) * 1000 }] : [];
  });
}

/** Removes them; one that points elsewhere by now makes git refuse all. One process. */
export async function removeSnapshots(git: Git, snapshots: readonly KeptSnapshot[]): Promise<void> {
  if (snapshots.length === 0) return;
  const orders = snapshots.map(({ ref, commit }) => `delete ${ref}\0${commit}\0`).join('');
  await git.output(['update-ref', '--stdin', '-z'], { input: Buffer.from(orders) });
}
