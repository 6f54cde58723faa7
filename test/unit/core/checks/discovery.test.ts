import { describe, expect, it } from 'vitest';
import { discoverChecks, type Surroundings } from '../../../../src/core/checks/discovery.ts';

const found = (files: Surroundings['files'], ...names: string[]) =>
  discoverChecks({ files, names: [...Object.keys(files), ...names] }).map(({ name, run }) => `${name}: ${String(run)}`);
const packageJson = (scripts: Record<string, string>) => JSON.stringify({ scripts });

describe('checks are looked for', () => {
  it('in the scripts of package.json, with the manager that the lock file names', () => {
    const files = { 'package.json': packageJson({ test: 'vitest', lint: 'eslint .', deploy: 'x', start: 'y' }) };
    expect(found(files)).toEqual(['test: npm test', 'lint: npm run lint']);
    expect(found(files, 'pnpm-lock.yaml')).toEqual(['test: pnpm run test', 'lint: pnpm run lint']);
  });

  it("and npm's placeholder is none", () => {
    expect(found({ 'package.json': packageJson({ test: 'echo "Error: no test specified" && exit 1' }) })).toEqual([]);
    expect(found({ 'package.json': '{' })).toEqual([]);
  });

  it('by the files of go, cargo and pytest', () => {
    expect(found({}, 'go.mod', 'Cargo.toml')).toEqual(['go: go test ./...', 'cargo: cargo test']);
    expect(found({ 'pytest.ini': '' })).toEqual(['pytest: python3 -m pytest -q']);
    expect(found({ 'pyproject.toml': '[project]' }, 'tests', '.venv')).toEqual([
      'pytest: .venv/bin/python -m pytest -q',
    ]);
    expect(found({ 'pyproject.toml': '[project]' })).toEqual([]);
  });

  it('in the Makefile where nothing else is found', () => {
    expect(found({ Makefile: 'all:\n\ncheck: all\n\ttrue\n' })).toEqual(['make: make check']);
    expect(found({ Makefile: 'test := 1\n' })).toEqual([]);
    expect(found({ Makefile: 'test:\n' }, 'go.mod')).toEqual(['go: go test ./...']);
  });
});
