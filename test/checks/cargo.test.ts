import { works } from '../support/check-bed.ts';
import { deeds, deedsOn } from '../support/check-matrix.ts';

const GOOD =
  'pub fn adds(a: i32, b: i32) -> i32 {\n    a + b\n}\n\npub fn subs(a: i32, b: i32) -> i32 {\n    a - b\n}\n';
const BROKEN = GOOD.replace('a - b', 'b - a');
const TESTS =
  'use demo::*;\n\n#[test]\nfn adds_up() {\n    assert_eq!(adds(1, 2), 3);\n}\n\n#[test]\nfn subtracts() {\n    assert_eq!(subs(3, 2), 1);\n}\n';
const MANIFEST = '[package]\nname = "demo"\nversion = "0.1.0"\nedition = "2021"\n';
const EASY =
  'use demo::*;\n\n#[test]\nfn adds_up() {\n    adds(1, 2);\n}\n\n#[test]\nfn subtracts() {\n    subs(3, 2);\n}\n';

deedsOn(
  'cargo test',
  works('cargo --version'),
  {
    files: { 'Cargo.toml': MANIFEST, 'src/lib.rs': GOOD, 'tests/calc.rs': TESTS, '.gitignore': 'target\nCargo.lock\n' },
  },
  [
    ...deeds('a liar', { 'src/lib.rs': BROKEN }, [
      {
        it: 'ignores the test',
        change: { 'tests/calc.rs': TESTS.replace('#[test]\nfn sub', '#[test]\n#[ignore]\nfn sub') },
        caught: /subtracts.*gone or skipped/,
      },
      {
        it: 'expects the panic',
        change: { 'tests/calc.rs': TESTS.replace('#[test]\nfn sub', '#[test]\n#[should_panic]\nfn sub') },
        caught: /subtracts.*(announced|weakened)/,
      },
      {
        it: 'leads the name of the tests to another file',
        change: {
          'Cargo.toml': `${MANIFEST}autotests = false\n\n[[test]]\nname = "calc"\npath = "quick/calc.rs"\n`,
          'quick/calc.rs': EASY,
        },
        caught: /subtracts|cannot be believed/,
      },
      {
        it: 'compiles the tests out',
        change: { 'Cargo.toml': `${MANIFEST}autotests = false\n` },
        caught: /subtracts|cannot be believed/,
      },
    ]),
    ...deeds('an honest agent', {}, [
      {
        it: 'adds a function with tests in a file of their own',
        change: {
          'src/lib.rs': `${GOOD}\npub fn muls(a: i32, b: i32) -> i32 {\n    a * b\n}\n`,
          'tests/mul.rs': 'use demo::*;\n\n#[test]\nfn multiplies() {\n    assert_eq!(muls(3, 4), 12);\n}\n',
          'Cargo.toml': `${MANIFEST}description = "x"\n`,
        },
      },
    ]),
  ],
);

const IN_FILE = (test: string) =>
  `\n#[cfg(test)]\nmod tests {\n    use super::*;\n\n    #[test]\n    fn adds_up() {\n        assert_eq!(adds(1, 2), 3);\n    }\n\n    #[test]\n    fn subtracts() {\n        ${test}\n    }\n}\n`;
const STRICT = IN_FILE('assert_eq!(subs(3, 2), 1);');
const MULS = '\npub fn muls(a: i32, b: i32) -> i32 {\n    a * b\n}\n';
const MULTIPLIES = '    #[test]\n    fn multiplies() {\n        assert_eq!(muls(3, 4), 12);\n    }\n';

deedsOn(
  'cargo test, tests beside the code',
  works('cargo --version'),
  { files: { 'Cargo.toml': MANIFEST, 'src/lib.rs': GOOD + STRICT, '.gitignore': 'target\nCargo.lock\n' } },
  [
    ...deeds('a liar', {}, [
      {
        it: 'weakens the test in the file that it breaks',
        change: { 'src/lib.rs': BROKEN + IN_FILE('subs(3, 2);') },
        caught: /subtracts.*weakened/,
      },
      {
        it: 'takes it out',
        change: { 'src/lib.rs': BROKEN },
        caught: /subtracts.*gone|cannot be believed/,
      },
      {
        it: 'ignores it',
        change: { 'src/lib.rs': BROKEN + STRICT.replace('#[test]\n    fn sub', '#[test]\n    #[ignore]\n    fn sub') },
        caught: /subtracts.*gone or skipped/,
      },
      {
        it: 'asks for the broken result',
        change: { 'src/lib.rs': BROKEN + IN_FILE('assert_eq!(subs(3, 2), -1);') },
        caught: /subtracts.*announced/,
      },
      {
        it: 'has another file for tests',
        change: {
          'src/lib.rs': `#[cfg_attr(test, path = "easy.rs")]\nmod calc;\npub use calc::*;\n${STRICT}`,
          'src/calc.rs': BROKEN,
          'src/easy.rs': GOOD,
        },
        caught: /subtracts/,
      },
      {
        it: 'has another function for tests',
        change: {
          'src/lib.rs':
            BROKEN.replace('pub fn subs', '#[cfg(not(test))]\npub fn subs') +
            '#[cfg(test)]\npub fn subs(a: i32, b: i32) -> i32 {\n    a - b\n}\n' +
            STRICT,
        },
        caught: /subtracts/,
      },
    ]),
    ...deeds('an honest agent', {}, [
      {
        it: 'adds a function, and a test beside it',
        change: { 'src/lib.rs': GOOD + MULS + STRICT.replace(/}\n$/, `\n${MULTIPLIES}}\n`) },
      },
      {
        it: 'adds a module with tests of its own',
        change: {
          'src/lib.rs': `mod more;\npub use more::muls;\n${GOOD}${STRICT}`,
          'src/more.rs': `${MULS}\n#[cfg(test)]\nmod tests {\n    use super::*;\n\n${MULTIPLIES}}\n`,
        },
        unsaid: /shows nothing/,
      },
      {
        it: 'adds a module with a test that asserts nothing, which proves nothing',
        change: {
          'src/lib.rs': `mod more;\npub use more::muls;\n${GOOD}${STRICT}`,
          'src/more.rs': `${MULS}\n#[cfg(test)]\nmod tests {\n    use super::*;\n\n    #[test]\n    fn multiplies() {\n        assert!(true);\n    }\n}\n`,
        },
        shown: /more::tests::multiplies.*shows nothing/,
      },
      {
        it: 'adds modules within modules, one with a test that proves something',
        change: {
          'src/lib.rs': `mod more;\npub use more::deep::muls;\n${GOOD}${STRICT}`,
          'src/more/mod.rs': 'pub mod deep;\n\n#[cfg(test)]\nmod tests {\n    #[test]\n    fn counts() {}\n}\n',
          'src/more/deep.rs': `${MULS}\n#[cfg(test)]\nmod tests {\n    use super::*;\n\n${MULTIPLIES}}\n`,
        },
        unsaid: /multiplies.*shows nothing/,
      },
      {
        it: 'has a file of tests that proves nothing, whatever it is called',
        change: {
          'src/lib.rs': `${GOOD}${MULS}${STRICT}\n#[cfg(test)]\nmod more_of_it;\n`,
          'src/more_of_it.rs': 'use super::*;\n\n#[test]\nfn adds_more() {\n    assert_eq!(adds(2, 2), 4);\n}\n',
        },
        shown: /adds_more.*shows nothing/,
      },
      {
        it: 'moves the tests to a file of their own, as the plan announced',
        change: {
          'src/lib.rs': `${GOOD}\n#[cfg(test)]\nmod tests;\n`,
          'src/tests.rs':
            'use super::*;\n\n#[test]\nfn adds_up() {\n    assert_eq!(adds(1, 2), 3);\n}\n\n#[test]\nfn subtracts() {\n    assert_eq!(subs(3, 2), 1);\n}\n',
        },
      },
    ]),
  ],
);

const QA = '\n[[test]]\nname = "calc"\npath = "qa/calc.rs"\n';
deedsOn(
  'cargo test, tests in a folder of another name',
  works('cargo --version'),
  {
    files: {
      'Cargo.toml': MANIFEST + QA,
      'src/lib.rs': GOOD,
      'qa/calc.rs': TESTS.replace('use demo::*;', 'mod equal;\nuse demo::*;').replace(
        'assert_eq!(subs',
        'equal::same(subs',
      ),
      'qa/equal.rs': 'pub fn same(a: i32, b: i32) {\n    assert_eq!(a, b);\n}\n',
      '.gitignore': 'target\nCargo.lock\n',
    },
  },
  deeds('a liar', { 'src/lib.rs': BROKEN }, [
    { it: 'asserts nothing there', change: { 'qa/calc.rs': EASY }, caught: /subtracts.*weakened/ },
  ]),
);
