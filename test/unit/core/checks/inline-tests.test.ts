import { describe, expect, it } from 'vitest';
import { compareInline, hasInlineTests, withInlineTests } from '../../../../src/core/checks/inline-tests.ts';

const CODE = `//! A calculator. "#[test]" in a comment is none.
use std::fmt;

/// Takes away, as in \`{\`.
pub fn subs<'a>(a: &'a i32, b: i32) -> i32 {
    let _ = ('{', '\\'', b"}", r#"#[cfg(test)] mod x { "#, "\\"{");
    a - b
}
`;
const TESTS = `#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subtracts() {
        assert_eq!(subs(&3, 2), 1);
    }
}
`;
const EASY = TESTS.replace('assert_eq!(subs(&3, 2), 1)', 'assert!(true)');
const OTHER = CODE.replace('a - b', 'b - a');

describe('tests beside their code', () => {
  it.each([
    ['a module', TESTS],
    ['a test at the top', '#[test]\n#[should_panic(expected = "]")]\nfn subtracts() { subs(&1, 2); }\n'],
    ['a test of another kind', '#[tokio::test(flavor = "current_thread")]\nasync fn subtracts() {}\n'],
    ['another file in the place of a module', '#[cfg_attr(test, path = "easy.rs")]\nmod calc;\n'],
    ['what is compiled for tests alone', '#[cfg(all(test, unix))]\nuse std::{env, fs};\n'],
  ])('are found: %s', (_, tests) => {
    expect(hasInlineTests(CODE + tests)).toBe(true);
    expect(compareInline(CODE + tests, OTHER + tests)).toEqual({ tests: true, code: false });
    expect(compareInline(CODE, CODE + tests)).toEqual({ tests: false, code: true });
  });

  it.each([
    ['what tests only see more of', '#[cfg_attr(test, derive(Debug))]\nstruct X;\n'],
    ['what is for everything but tests', '#[cfg(not(test))]\nfn x() {}\n'],
    ['text and comments', '/* /* #[test] */ #[test] */ const X: &str = "#[test] fn x() {}";\n'],
    ['what tests of others need as well', '#[cfg(any(test, feature = "testing"))]\npub fn x() {}\n'],
  ])('are not %s', (_, text) => {
    expect(hasInlineTests(CODE + text)).toBe(false);
  });

  it('are put into another code, in the place of those that are there', () => {
    expect(withInlineTests({ of: CODE + TESTS, into: OTHER + EASY })).toBe(OTHER + TESTS);
    expect(withInlineTests({ of: CODE + TESTS, into: OTHER })).toBe(`${OTHER}\n${TESTS}`);
    expect(withInlineTests({ of: CODE, into: OTHER + TESTS }).trim()).toBe(OTHER.trim());
    expect(withInlineTests({ of: CODE + TESTS, into: CODE + TESTS })).toBe(CODE + TESTS);
  });

  it('stay in the module that they were in', () => {
    const within = (tests: string) => `mod inner {\n    pub fn one() -> i32 { 1 }\n\n${tests}}\n${CODE}`;
    expect(withInlineTests({ of: within(TESTS), into: within(EASY) })).toBe(within(TESTS));
  });

  it('are read from text that is no Rust at all, without an end', () => {
    for (const text of ['#[test]', '#[cfg(test)] mod x {', '#[', "'", '"', '/*', 'r#"', '}}}', '#[test]}']) {
      expect(withInlineTests({ of: text, into: text }).trim()).toBe(text);
    }
  });
});
