import { describe, expect, it } from 'vitest';
import { guardChanges, guardKind, isDocument, touchesSources } from '../../../../src/core/checks/guards.ts';
import { samePieces, withPiecesOf } from '../../../../src/core/checks/pieces.ts';

describe('the kind of a guard', () => {
  const table = [
    ['test/a.js', 'test'],
    ['packages/x/__tests__/deep/a.ts', 'test'],
    ['src/add_test.go', 'test'],
    ['src/test_add.py', 'test'],
    ['src/add.test.ts', 'test'],
    ['src/add-spec.mjs', 'test'],
    ['src/main/AddTest.java', 'test'],
    ['src/__snapshots__/a.snap', 'test'],
    ['conftest.py', 'loading'],
    ['tests/conftest.py', 'loading'],
    ['vitest.config.ts', 'loading'],
    ['packages/a/vitest.workspace.mts', 'loading'],
    ['jest.config.js', 'loading'],
    ['jest.setup.ts', 'loading'],
    ['.mocharc.cjs', 'loading'],
    ['Makefile', 'loading'],
    ['.cargo/config.toml', 'loading'],
    ['build.rs', 'loading'],
    ['.npmrc', 'loading'],
    ['package.json', 'pieces'],
    ['packages/a/package.json', 'pieces'],
    ['pyproject.toml', 'pieces'],
    ['.github/workflows/ci.yml', 'machinery'],
    ['autoloop.yaml', 'machinery'],
    ['eslint.config.mjs', 'loading'],
    ['tsconfig.build.json', 'loading'],
    ['.golangci.yml', 'loading'],
    ['pytest.toml', 'loading'],
    ['Cargo.toml', 'pieces'],
    ['features/steps/add.py', 'test'],
    ['features/add.feature', 'test'],
    ['src/features/cart.ts', null],
    ['src/add.ts', null],
    ['src/test-utils.ts', 'test'],
    ['src/testHelpers.js', 'test'],
    ['internal/testutil/assert.go', 'test'],
    ['packages/testUtils/index.ts', 'test'],
    ['src/utils.ts', null],
    ['src/latestUtils/a.ts', null],
    ['src/contest.ts', null],
    ['src/testing.ts', null],
    ['src/latest/a.ts', null],
    ['README.md', null],
    ['babel.config.cjs', 'loading'],
    ['.swcrc', 'loading'],
  ] as const;
  it.each(table)('%s: %s', (path, kind) => expect(guardKind(path)).toBe(kind));

  it('is that of a test for a configured glob', () => {
    expect(guardKind('qa/run.sh', (path) => path.startsWith('qa/'))).toBe('test');
  });
});

describe('what was done to guards', () => {
  const edit = (path: string) => ({ path, before: 'a', after: 'b' });
  const add = (path: string) => ({ path, before: null, after: 'b' });

  it('asks for the old ones when one was touched or one that loads by itself was added, not for an added test', () => {
    expect(guardChanges([edit('test/a.js')])).toMatchObject({ oldOnNew: true, newOnOld: true });
    expect(guardChanges([add('conftest.py')])).toMatchObject({ oldOnNew: true, newOnOld: true });
    expect(guardChanges([add('test/b.js')])).toMatchObject({ oldOnNew: false, newOnOld: true });
    expect(guardChanges([edit('src/a.js')])).toMatchObject({ guards: [], oldOnNew: false, newOnOld: false });
  });

  it('knows code that was added where tests are from data, which today’s sources may be made of', () => {
    expect(guardChanges([add('tests/helper.py')])).toMatchObject({ oldOnNew: false, addsCode: true });
    expect(guardChanges([add('src/fixtures/rates.json')])).toMatchObject({ oldOnNew: false, addsCode: false });
    expect(guardChanges([edit('tests/helper.py')])).toMatchObject({ oldOnNew: true, addsCode: false });
  });

  it('leaves a compiler’s configuration to the sources that it came with', () => {
    expect(guardChanges([add('packages/new/tsconfig.json')]).guards).toEqual([]);
    expect(guardChanges([edit('tsconfig.json')])).toMatchObject({ oldOnNew: true });
    expect(guardChanges([add('src/.eslintrc.json')])).toMatchObject({ oldOnNew: true });
  });

  it('passes over a package.json of which no part that decides has changed', () => {
    const samePieces = new Set(['package.json']);
    expect(guardChanges([edit('package.json')], { samePieces }).guards).toEqual([]);
  });

  it('tells sources from tests and documents', () => {
    expect(touchesSources([edit('test/a.js'), edit('README.md'), edit('docs/x.html')])).toBe(false);
    expect(touchesSources([edit('src/a.js')])).toBe(true);
    expect(['NOTES.txt', 'docs/a.png'].filter((path) => !isDocument(path))).toEqual([]);
    const read = ['CMakeLists.txt', 'requirements-dev.txt', 'tests/data/expected.txt'];
    expect(read.filter((path) => isDocument(path))).toEqual([]);
  });
});

describe('the parts of a file that decide', () => {
  it('are scripts and runner keys of package.json', () => {
    const of = '{"scripts":{"test":"node --test"},"dependencies":{"a":"1"}}';
    const into = '{"scripts":{"test":"node --test || true"},"jest":{"bail":1},"dependencies":{"a":"2"}}';
    const merged: unknown = JSON.parse(withPiecesOf('x/package.json', { of, into }) ?? '');
    expect(merged).toEqual({ scripts: { test: 'node --test' }, dependencies: { a: '2' } });
    expect(samePieces('package.json', of, into)).toBe(false);
    expect(samePieces('package.json', of, '{ "dependencies": {}, "scripts": {"test": "node --test"} }')).toBe(true);
  });

  it('are the sections about tests and linters in pyproject.toml, setup.cfg and Cargo.toml', () => {
    const of = '[project]\nname = "a"\n\n[tool.pytest.ini_options]\npythonpath = ["src"]\n';
    const into = '[project]\nname = "b"\n[tool.pytest.ini_options]\naddopts = "-k nothing"\n[tool.black]\nx = 1\n';
    expect(withPiecesOf('pyproject.toml', { of, into })).toBe(
      '[project]\nname = "b"\n[tool.black]\nx = 1\n[tool.pytest.ini_options]\npythonpath = ["src"]\n',
    );
    expect(samePieces('setup.cfg', '[tool:pytest]\na=1\n', '[metadata]\nb=2\n\n[tool:pytest]\na=1\n')).toBe(true);
    expect(samePieces('pyproject.toml', '[tool.ruff]\nselect = ["E"]\n', '[tool.ruff]\nselect = []\n')).toBe(false);
    expect(samePieces('Cargo.toml', '[package]\na = 1\n', '[package]\na = 2\n[dependencies]\nb = "1"\n')).toBe(true);
    expect(samePieces('Cargo.toml', '[package]\na = 1\n', '[package]\na = 1\n[[test]]\nname = "x"\n')).toBe(false);
    const plugin = '[project]\nname = "a"\n[project.entry-points.pytest11]\nquiet = "quiet"\n';
    expect(samePieces('pyproject.toml', '[project]\nname = "a"\n', plugin)).toBe(false);
  });

  it('are not known of a text that cannot be read', () => {
    expect(withPiecesOf('package.json', { of: '{}', into: '{' })).toBeNull();
  });
});
