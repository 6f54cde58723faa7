import { describe, expect, it } from 'vitest';
import { declares, graftPlaces, withGrafts } from '../../../../src/core/checks/grafted-tests.ts';
import { isAlsoSource, untakenFiles, unusualTestFiles } from '../../../../src/core/checks/test-files.ts';
import { ran } from './results-of.ts';

const TESTS = '#[cfg(test)]\nmod tests {\n    #[test]\n    fn holds() {}\n}\n';

describe('tests of a Rust source that the old code has not', () => {
  it('go where the nearest old module is that would have it', () => {
    expect(graftPlaces('src/more.rs')).toEqual([{ modules: ['more'], hosts: ['src/lib.rs', 'src/main.rs'] }]);
    expect(graftPlaces('crates/x/src/a/b/mod.rs')).toEqual([
      { modules: ['b'], hosts: ['crates/x/src/a.rs', 'crates/x/src/a/mod.rs'] },
      { modules: ['a', 'b'], hosts: ['crates/x/src/lib.rs', 'crates/x/src/main.rs'] },
    ]);
    expect(graftPlaces('src/bin/tool.rs')).toEqual([{ modules: [], hosts: [] }]);
    expect(graftPlaces('build/x.rs')).toEqual([]);
  });

  it('are put there without their code, in modules of the same name', () => {
    const grafts = [
      { modules: ['a'], text: `pub fn one() {}\n${TESTS}` },
      { modules: ['a', 'b'], text: `pub fn two() {}\n${TESTS}` },
    ];
    const text = withGrafts('pub fn zero() {}\n', grafts);
    expect(text).toMatch(/zero[^]*mod a \{[^]*fn holds[^]*mod b \{[^]*fn holds/);
    expect(text).not.toMatch(/one|two/);
    expect(withGrafts(`mod a {\n}\n`, grafts).trim()).toBe('mod a {\n}');
  });

  it('are known to be all of a file where it is compiled for tests alone', () => {
    expect(declares('#[cfg(test)]\nmod checks;\n', 'checks', { forTests: true })).toBe(true);
    expect(declares('pub(crate) mod checks;\n', 'checks', { forTests: true })).toBe(false);
    expect(declares('pub(crate) mod checks;\n', 'checks', { forTests: false })).toBe(true);
  });
});

describe('files in which results say that tests stand', () => {
  const result = ran(
    { t: 'p' },
    {
      files: new Map([
        ['a', 'qa/sums.js'],
        ['b', 'test/m.test.js'],
        ['c', 'src/m.ts'],
      ]),
    },
  );

  it('are looked at where nothing else tells that they are tests', () => {
    expect(unusualTestFiles([result, result])).toEqual(['qa/sums.js', 'src/m.ts']);
  });

  it('are sources where the code that they are about stands with them', () => {
    expect(isAlsoSource('src/m.ts', 'if (import.meta.vitest) {}')).toBe(true);
    expect(isAlsoSource('m.py', 'def f():\n    """\n    >>> f()\n    """\n')).toBe(true);
    expect(isAlsoSource('src/lib.rs', '///     assert!(demo::f());\npub fn f() {}\n')).toBe(true);
    expect(isAlsoSource('qa/sums.js', 'it("adds", () => {})')).toBe(false);
    expect(isAlsoSource('qa/sums.rs', '/// Adds.\n#[test]\nfn adds() {}\n')).toBe(false);
  });

  it('are not taken to the old code as sources, so that what is missing there says nothing', () => {
    const edit = (path: string) => ({ path, before: '100644 1', after: '100644 2' });
    const guards = [
      { ...edit('web/test/m.test.js'), kind: 'test' as const },
      { ...edit('src/m.ts'), kind: 'inline' as const },
    ];
    const changes = {
      differences: ['web/src/m.ts', 'web/test/m.test.js', 'web/qa/sums.js'].map(edit),
      today: { guards },
    };
    expect([...untakenFiles(result, changes)]).toEqual(['qa/sums.js', 'src/m.ts']);
    expect([...untakenFiles(result, { ...changes, differences: [edit('web/test/m.test.js')] })]).toEqual([]);
  });
});
