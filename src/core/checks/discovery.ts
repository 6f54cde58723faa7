import type { Check } from './check.ts';

/** What stands at the top of a workspace: the texts of files that say how it is tested, and names of what else is there. */
export interface Surroundings {
  readonly files: Readonly<Record<string, string | undefined>>;
  readonly names: readonly string[];
}

/** The files whose text discovery reads. */
export const DISCOVERY_FILES = [
  'package.json',
  'pyproject.toml',
  'pytest.ini',
  'setup.cfg',
  'tox.ini',
  'Makefile',
] as const;

const DEFAULTS = {
  parser: 'auto',
  results: null,
  when: 'auto',
  gate: 'no_new_failures',
  heldBack: false,
  timeoutMinutes: 10,
} as const;

const SCRIPTS = ['test', 'typecheck', 'lint', 'build'] as const;

/** The checks of a project, by what is usual for its tools. Never what continuous integration runs, never what a plan says. */
export function discoverChecks(around: Surroundings): readonly Check[] {
  const found = [...scripts(around), ...go(around), ...cargo(around), ...pytest(around)];
  return found.length > 0 ? found : makeTargets(around);
}

function check(name: string, run: string, origin: string): Check {
  return { ...DEFAULTS, name, run, origin };
}

function scripts({ files, names }: Surroundings): Check[] {
  const known = scriptsOf(files['package.json'] ?? '');
  const manager = managerOf(names);
  return SCRIPTS.flatMap((name) => {
    const body = known[name];
    if (typeof body !== 'string' || body.trim() === '' || /no test specified/.test(body)) return [];
    const run = manager === 'npm' && name === 'test' ? 'npm test' : `${manager} run ${name}`;
    return [check(name, run, 'package.json')];
  });
}

function scriptsOf(text: string): Readonly<Record<string, unknown>> {
  try {
    return (JSON.parse(text) as { scripts?: Record<string, unknown> } | null)?.scripts ?? {};
  } catch {
    return {}; // npm could not read it either
  }
}

const LOCK_FILES: readonly (readonly [string, string])[] = [
  ['pnpm-lock.yaml', 'pnpm'],
  ['yarn.lock', 'yarn'],
  ['bun.lock', 'bun'],
  ['bun.lockb', 'bun'],
];

function managerOf(names: readonly string[]): string {
  return LOCK_FILES.find(([file]) => names.includes(file))?.[1] ?? 'npm';
}

function go({ names }: Surroundings): Check[] {
  return names.includes('go.mod') ? [check('go', 'go test ./...', 'go.mod')] : [];
}

function cargo({ names }: Surroundings): Check[] {
  return names.includes('Cargo.toml') ? [check('cargo', 'cargo test', 'Cargo.toml')] : [];
}

function pytest({ files, names }: Surroundings): Check[] {
  const origin = pytestOrigin(files, names);
  if (origin === null) return [];
  const environment = ['.venv', 'venv'].find((name) => names.includes(name));
  const python = environment === undefined ? 'python3' : `${environment}/bin/python`;
  return [check('pytest', `${python} -m pytest -q`, origin)];
}

function pytestOrigin(files: Surroundings['files'], names: readonly string[]): string | null {
  if (files['pytest.ini'] !== undefined) return 'pytest.ini';
  if (/^\[tool\.pytest/m.test(files['pyproject.toml'] ?? '')) return 'pyproject.toml';
  if (/^\[tool:pytest\]/m.test(files['setup.cfg'] ?? '')) return 'setup.cfg';
  if (/^\[pytest\]/m.test(files['tox.ini'] ?? '')) return 'tox.ini';
  return files['pyproject.toml'] !== undefined && names.includes('tests') ? 'pyproject.toml' : null;
}

function makeTargets({ files }: Surroundings): Check[] {
  const target = ['check', 'test'].find((name) => new RegExp(`^${name}\\s*:(?!=)`, 'm').test(files['Makefile'] ?? ''));
  return target === undefined ? [] : [check('make', `make ${target}`, 'Makefile')];
}
