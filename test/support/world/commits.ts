import { isDeepStrictEqual } from 'node:util';
import type { Commit, Disk } from './disk.ts';

interface Checkpoint {
  readonly subject: string;
  /** Sources only. */
  readonly paths: readonly string[];
  readonly recovered: boolean;
}

/**
 * Whether two histories hold the same checkpoints. A stop may add its own (the snapshot and the finalize of a run that ended early), and
 * what an interrupted turn left comes under the same subject as what its repetition adds.
 */
export function commitFindings(clean: Disk, disk: Disk): string[] {
  const got = checkpoints(disk);
  const wanted = checkpoints(clean);
  const stopped = disk.commits.some(({ subject }) => IS_OF_AN_EARLY_END.test(subject));
  const found: string[] = [];
  let at = 0;
  for (const { subject, recovered } of got) {
    // Artifacts of a turn that was stopped were committed with that end of the run: nothing is left for a checkpoint of the turn.
    while (stopped && subject !== wanted[at]?.subject && isOfArtifacts(wanted[at])) at += 1;
    if (subject === wanted[at]?.subject) at += 1;
    else if (!recovered) {
      found.push(`commit "${subject}" where "${wanted[at]?.subject ?? 'nothing'}" was due`);
      break;
    }
  }
  if (found.length === 0 && at < wanted.length) found.push(`commit "${wanted[at]?.subject ?? ''}" is missing`);
  const sources = [wanted, got].map(withSources);
  if (!isDeepStrictEqual(sources[0], sources[1])) {
    found.push(`the commits hold other sources:\n${JSON.stringify(sources[0])}\n${JSON.stringify(sources[1])}`);
  }
  const twice = disk.commits
    .flatMap(({ trailers }) => trailers)
    .filter(
      (id, index, all) =>
        id.startsWith('Autoloop-Checkpoint') && all.indexOf(id) !== index && !id.endsWith('/baseline'),
    );
  return [...found, ...twice.map((id) => `two commits have the identity ${id}`)];
}

function checkpoints(disk: Disk): Checkpoint[] {
  const all = disk.commits.filter((one) => !IS_OF_A_STOP.test(one.subject) && !isBookkeeping(one));
  return merged(
    all.map(({ subject, paths, trailers }) => ({
      subject,
      paths: paths.filter((path) => !path.startsWith('.autoloop/')),
      recovered: trailers.some((one) => one.startsWith('Autoloop-Recovered')),
    })),
  );
}

function isOfArtifacts(one: Checkpoint | undefined): boolean {
  return one !== undefined && one.paths.length === 0 && IS_OF_A_TURN.test(one.subject);
}

const IS_OF_A_TURN = /^autoloop: (?:producer edits|verifier feedback)/;

const IS_OF_AN_EARLY_END = /^autoloop: finalize run artifacts \((?:interrupted|paused|fatal_error)/;

const IS_OF_A_STOP = /^autoloop: (?:pre-cycle snapshot|finalize run artifacts)/;

/** A checkpoint of a turn without anything of that turn: whether it is made depends on when the bookkeeping was committed last. */
function isBookkeeping({ subject, paths }: Commit): boolean {
  if (!IS_OF_A_TURN.test(subject)) return false;
  return paths.every((path) => path.startsWith('.autoloop/') && !path.includes('/artifacts/'));
}

function merged(all: readonly Checkpoint[]): Checkpoint[] {
  const result: Checkpoint[] = [];
  for (const one of all) {
    const last = result.at(-1);
    if (last?.subject !== one.subject) result.push(one);
    else {
      const paths = [...new Set([...last.paths, ...one.paths])].sort();
      result.splice(-1, 1, { ...last, paths, recovered: last.recovered && one.recovered });
    }
  }
  return result;
}

function withSources(all: readonly Checkpoint[]) {
  const holding = all.filter(({ paths }) => paths.length > 0).map((one) => ({ ...one, recovered: false }));
  // Whether a verifier that was interrupted would have completed its pair, nobody knows.
  const owner = (subject: string) =>
    subject.replace(/(?:verifier feedback|pair complete) \((\w+)[^)]*\)/, 'verifier of $1');
  return merged(holding.map((one) => ({ ...one, subject: owner(one.subject) }))).map(({ subject, paths }) => [
    subject,
    paths,
  ]);
}
