import type { ProviderName } from './vocabulary.ts';

/** The oldest and the newest version of an agent's program with which the tests with real agents have passed. */
export interface TestedVersions {
  readonly oldest: string;
  readonly newest: string;
}

/** scripts/install-agents.mjs has the same of these two; a test holds them together. */
export const TESTED: Readonly<Partial<Record<ProviderName, TestedVersions>>> = {
  codex: { oldest: '0.169.0', newest: '0.171.0' },
  claude: { oldest: '2.1.330', newest: '2.1.332' },
};

/** Where a version lies; null where nothing is known of it or of its program's tests. */
export function testedPlace(provider: ProviderName, version: string | null): 'older' | 'tested' | 'newer' | null {
  const tested = TESTED[provider];
  if (tested === undefined || version === null || !/^\d+\.\d+/.test(version)) return null;
  if (compareVersions(version, tested.oldest) < 0) return 'older';
  return compareVersions(version, tested.newest) > 0 ? 'newer' : 'tested';
}

/** `codex 0.169.0 to 0.171.0`, for each program. */
export function testedText(): string {
  const ranges = Object.entries(TESTED).map(([name, { oldest, newest }]) =>
    oldest === newest ? `${name} ${oldest}` : `${name} ${oldest} to ${newest}`,
  );
  return ranges.join(', ');
}

/** Below 0: the first is the older one. By the numbers alone: what follows a hyphen says nothing of what a program can do. */
export function compareVersions(one: string, other: string): number {
  const [left, right] = [one, other].map((version) => version.split('-')[0]?.split('.').map(Number) ?? []);
  for (let place = 0; place < 3; place += 1) {
    const difference = (left?.[place] || 0) - (right?.[place] || 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
