import type { Evidence } from '../../core/checks/judgement.ts';
import type { CarriedNow, CheckBench, StateChanges } from '../check-port.ts';
import type { Loop } from '../loop.ts';
import type { ResultStore } from './results.ts';
import { ownValue } from '../../core/own-value.ts';

/** Files that say which dependencies there are. */
const RECORDS =
  /(?:^|\/)(?:package(?:-lock)?\.json|(?:pnpm-lock|pnpm-workspace)\.yaml|yarn\.lock|bun\.lockb?|pyproject\.toml|setup\.(?:py|cfg)|[\w-]*requirements[\w-]*\.(?:txt|in)|(?:poetry|uv|Pipfile|composer|Gemfile)\.lock|Pipfile|composer\.json|Gemfile|go\.(?:mod|sum))$/;

/** Of package.json: what else stands there says nothing of what is installed. */
const DEPENDENCIES: readonly string[] = [
  'dependencies',
  'devDependencies',
  'optionalDependencies',
  'peerDependencies',
  'bundleDependencies',
  'bundledDependencies',
  'overrides',
  'resolutions',
  'pnpm',
  'workspaces',
  'packageManager',
];

export interface CarriedChanges {
  readonly carried: NonNullable<Evidence['carried']>;
  /** Files that runners load by themselves, and that git ignores. */
  readonly ignored: readonly string[];
  /** What no state has, by path, each as a hash of what it is now. */
  readonly contents: Readonly<Record<string, string>>;
}

/** The hashes of what no state has: folders of dependencies, and files that git ignores and runners load by themselves. */
export async function contentsNow(
  { bench, evidence }: ResultStore,
  since: number,
): Promise<CarriedChanges['contents']> {
  const found = await bench.carried?.(evidence, since);
  return found === undefined ? {} : hashesOf(found);
}

/**
 * The folders of dependencies that are not as they were when the run began. They are links into the work tree, so that agents can change
 * what checks run with; whoever installs something has it in a lock file as well.
 * Files that runners load by themselves are told of where a check runs in the work tree, which alone has those that git ignores.
 */
export async function carriedSince(
  loop: Loop,
  results: ResultStore,
  { differences }: StateChanges,
  tree: string,
): Promise<CarriedChanges> {
  const { bench, evidence } = results;
  const { resolved } = loop.state.checks;
  const before = resolved?.carried ?? null;
  const inPlace = resolved?.checks.some(({ name }) => results.isInPlace(name)) === true;
  const isNothing = before === null || (Object.keys(before.folders).length === 0 && !inPlace);
  if (isNothing || bench.carried === undefined) return { carried: [], ignored: [], contents: {} };
  const now = await bench.carried(evidence, before.at);
  const changed = now.folders.filter(
    ({ path, digest }) => ![undefined, digest].includes(ownValue(before.folders, path)),
  );
  const paths = differences.map(({ path }) => path).filter((path) => RECORDS.test(path));
  const isRecorded =
    changed.length > 0 && (await tellsDependencies(bench, { from: resolved?.guardTree ?? '', to: tree, paths }));
  const carried = changed.map(({ path, touched }) => ({
    path,
    detail: touched.length === 0 ? null : touched.join(', '),
    isRecorded,
  }));
  const { guards } = before;
  const names = guards === undefined || !inPlace ? [] : Object.keys({ ...guards, ...now.guards }).sort();
  return {
    carried,
    ignored: names.filter((name) => ownValue(guards, name) !== ownValue(now.guards, name)),
    contents: hashesOf(now),
  };
}

function hashesOf({ folders, guards }: CarriedNow): CarriedChanges['contents'] {
  return { ...guards, ...Object.fromEntries(folders.map(({ path, digest }) => [path, digest])) };
}

/** Whether one of these files says something else of dependencies than before. */
async function tellsDependencies(
  bench: CheckBench,
  { from, to, paths }: { readonly from: string; readonly to: string; readonly paths: readonly string[] },
): Promise<boolean> {
  if (paths.length === 0) return false;
  if (!paths.every((path) => path.endsWith('package.json'))) return true;
  const texts = [...(await bench.texts(from, to, paths)).values()];
  return texts.some(({ before, after }) => dependenciesIn(before) !== dependenciesIn(after));
}

function dependenciesIn(text: string | null): string {
  try {
    const value = JSON.parse(text ?? '{}') as Readonly<Record<string, unknown>> | null;
    return JSON.stringify(DEPENDENCIES.map((key) => ownValue(value, key) ?? null));
  } catch {
    return text ?? ''; // what npm could not read either
  }
}
