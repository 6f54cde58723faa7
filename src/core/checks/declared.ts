/** A change of a test or guard that somebody announced, and why. */
export interface TestChange {
  /** A test's name or id, or a guard's path. */
  readonly test: string;
  readonly criterion: string;
  readonly reason: string;
}

/** Who stands for a change: the plan before the work, a producer afterwards, or a person. */
export type Consent = 'plan' | 'producer' | 'person';

export interface Declaration {
  readonly change: TestChange;
  readonly by: 'plan' | 'producer';
  /** The phase whose plan or producer it is. */
  readonly phaseId: string;
}

/** What a finding is about. */
export interface Subject {
  readonly test: string | null;
  /** The guards that may have caused it: of the test's own file where that is known, else all that were touched. */
  readonly paths: readonly string[];
}

/** Whether a name means this test, or paths that may have caused the finding: all of them have to be named. */
export function names(name: string, { test, paths }: Subject): boolean {
  if (test !== null && matchesTest(test, name)) return true;
  return paths.length === 1 && samePath(paths[0] ?? '', name);
}

/** The strongest consent to a finding, with the phase that gave it; null: nobody knew of it. */
export function consentTo(
  subject: Subject,
  declarations: readonly Declaration[],
  accepted: readonly string[],
): { readonly by: Consent; readonly phaseId: string | null } | null {
  if (isNamed(subject, accepted)) return { by: 'person', phaseId: null };
  for (const by of ['plan', 'producer'] as const) {
    const of = declarations.filter((declaration) => declaration.by === by);
    if (
      !isNamed(
        subject,
        of.map(({ change }) => change.test),
      )
    )
      continue;
    const own = of.find(({ change }) => names(change.test, subject)) ?? of[0];
    return { by, phaseId: own?.phaseId ?? null };
  }
  return null;
}

function isNamed(subject: Subject, list: readonly string[]): boolean {
  if (list.some((name) => names(name, subject))) return true;
  const { paths } = subject;
  return paths.length > 0 && paths.every((path) => list.some((name) => samePath(path, name)));
}

/**
 * Whether a name given by a person or an agent is this test: its whole id, or its last parts. Runners and people write them with
 * `::`, ` › `, ` / ` or `.`, and files with or without their ending.
 */
export function matchesTest(id: string, name: string): boolean {
  if (id === name) return true;
  const [parts, wanted] = [partsOf(id), partsOf(name)];
  if (wanted.length === 0 || wanted.length > parts.length) return false;
  const tail = parts.slice(parts.length - wanted.length);
  return wanted.every((part, at) => part === tail[at] || fileLike(part) === fileLike(tail[at] ?? ''));
}

function partsOf(name: string): string[] {
  return name
    .split(/\s*(?:::| > | › | » |\s\/\s)\s*/)
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

/** `tests/test_m.py` and `tests.test_m` are the same file. */
function fileLike(part: string): string {
  return part.replace(/\.(?:[cm]?[jt]sx?|py|rs|go|rb|sh)$/, '').replaceAll('/', '.');
}

function samePath(path: string, name: string): boolean {
  return path === name.replace(/^\.\//, '').trim();
}
