import { describe, expect, it } from 'vitest';
import { cargoParser } from '../../../src/checks/parse/cargo.ts';
import { goParser } from '../../../src/checks/parse/go.ts';
import { parseJest } from '../../../src/checks/parse/jest.ts';
import { parseJunit } from '../../../src/checks/parse/junit.ts';
import type { LineParser, Parsed } from '../../../src/checks/parse/parsed.ts';
import { problemParser } from '../../../src/checks/parse/problems.ts';
import { tapParser } from '../../../src/checks/parse/tap.ts';

const ROOT = '/cache/trees/0123/tree';
const feed = (parser: LineParser, text: string): Parsed => {
  for (const line of text.split('\n')) parser.line(line);
  return parser.end();
};
const testsOf = ({ found }: Parsed) => Object.fromEntries(found.tests);

describe('JUnit', () => {
  const suites = (body: string) => `<?xml version="1.0"?><testsuites>${body}</testsuites>\n`;

  it('of vitest has the file, the suites in the name, and what became of each test', async () => {
    const body = `<testsuite name="test/a.test.js"><testcase classname="test/a.test.js" name="math &gt; adds"/>
      <testcase classname="test/a.test.js" name="math &gt; &#x22;subtracts&#34;"><failure message="x">y</failure></testcase>
      <testcase classname="test/a.test.js" name="later"><skipped/></testcase></testsuite>`;
    const parsed = await parseJunit(suites(body), ROOT);
    expect(testsOf(parsed)).toEqual({
      'test/a.test.js > math > adds': 'passed',
      'test/a.test.js > math > "subtracts"': 'failed',
      'test/a.test.js > later': 'skipped',
    });
    expect(parsed.found.files.get('test/a.test.js > later')).toBe('test/a.test.js');
  });

  it("of node's runner tells tests of one name apart by suite and file, without the tree's path", async () => {
    const body = `<testcase name="adds" classname="test" file="${ROOT}/test/m.test.js"/><testsuite name="math">
      <testcase name="adds" classname="math" file="${ROOT}/test/m.test.js"/></testsuite>`;
    expect(testsOf(await parseJunit(suites(body), ROOT))).toEqual({
      'test/m.test.js > adds': 'passed',
      'test/m.test.js > math > adds': 'passed',
    });
    expect(testsOf(await parseJunit(suites('<testcase name="adds" classname="test"/>'), ROOT))).toEqual({
      adds: 'passed',
    });
  });

  it('of pytest has the module and class', async () => {
    const body =
      '<testsuite name="pytest"><testcase classname="tests.test_m.TestA" name="test_x" file="tests/test_m.py"><error/></testcase></testsuite>';
    expect(testsOf(await parseJunit(suites(body), ROOT))).toEqual({ 'tests.test_m.TestA > test_x': 'failed' });
  });

  it('counts the same id twice as its worst', async () => {
    const body = '<testcase classname="a" name="t"><failure/></testcase><testcase classname="a" name="t"/>';
    expect(testsOf(await parseJunit(suites(body), ROOT))).toEqual({ 'a > t': 'failed' });
  });

  it.each([
    ['a DTD', '<!DOCTYPE a [<!ENTITY b "c">]><testsuites></testsuites>'],
    ['an entity of its own', suites('<testcase name="&boom;"/>')],
    ['an early end', '<testsuites><testcase name="a"/>'],
    ['no XML', 'hello'],
  ])('with %s is unreadable', async (_, text) => {
    expect((await parseJunit(text, ROOT)).unreadable).not.toBeNull();
  });
});

describe('TAP', () => {
  it('is read with subtests by their path, directives as skipped', async () => {
    const text = `TAP version 14
# Subtest: math
    ok 1 - adds
    not ok 2 - subtracts
    1..2
not ok 1 - math
ok 2 - later # SKIP not now
not ok 3 - some day # TODO
ok 4
1..4`;
    expect(testsOf(feed(await tapParser(), text))).toEqual({
      'math > adds': 'passed',
      'math > subtracts': 'failed',
      later: 'skipped',
      'some day': 'skipped',
      '#4': 'passed',
    });
  });

  it('says that a subtest ended before its plan did', async () => {
    const text = '# Subtest: math\n    ok 1 - adds\n    1..2\nnot ok 1 - math\n1..1';
    expect(testsOf(feed(await tapParser(), text))).toEqual({ 'math > adds': 'passed', math: 'failed' });
  });

  it('that ended early is no result', async () => {
    expect(feed(await tapParser(), 'ok 1 - a\n1..3').unreadable).toContain('plans 3 tests, and 1 ran');
    expect(feed(await tapParser(), 'ok 1 - a').unreadable).toContain('no plan');
    expect(feed(await tapParser(), 'ok 1 - a\nBail out! no disk').unreadable).toContain('gave up');
  });
});

describe('lines of other runners', () => {
  it('go: tests by package, and a package that does not build', () => {
    const text = `{"Action":"run","Package":"d","Test":"TestA"}
{"Action":"pass","Package":"d","Test":"TestA"}
noise {
{"Action":"fail","Package":"d","Test":"TestB/x"}
{"Action":"fail","Package":"d"}
{"Action":"fail","Package":"d/e","FailedBuild":"d/e"}`;
    expect(testsOf(feed(goParser(), text))).toEqual({
      'd > TestA': 'passed',
      'd > TestB/x': 'failed',
      'd/e > [package]': 'failed',
    });
  });

  it('cargo: tests by binary, documentation tests without their line', () => {
    const text = `     Running unittests src/lib.rs (target/debug/deps/demo-1)
test tests::adds ... ok
     Running tests/add.rs (target/debug/deps/add-2)
test adds ... FAILED
test slow ... ignored, takes long
   Doc-tests demo
test src/lib.rs - add (line 12) ... ok`;
    expect([...feed(cargoParser(), text).found.files]).toEqual([
      ['tests/add.rs > adds', 'tests/add.rs'],
      ['tests/add.rs > slow', 'tests/add.rs'],
      ['doc demo > src/lib.rs - add', 'src/lib.rs'],
    ]);
    expect(testsOf(feed(cargoParser(), text))).toEqual({
      'src/lib.rs > tests::adds': 'passed',
      'tests/add.rs > adds': 'failed',
      'tests/add.rs > slow': 'skipped',
      'doc demo > src/lib.rs - add': 'passed',
    });
  });

  it('problems: as a multiset without line numbers', () => {
    const text = `src/a.ts:3:5: error x
src/a.ts:9:1: error x
${ROOT}/src/b.c:7: warning y
src/c.ts(3,5): error TS1: z
http://x: nothing
done`;
    expect(Object.keys(testsOf(feed(problemParser(ROOT), text)))).toEqual([
      'src/a.ts > error x',
      'src/a.ts > error x (2)',
      'src/b.c > warning y',
      'src/c.ts > error TS1: z',
    ]);
  });

  it('jest: tests by file, and a file that fails before its first test', () => {
    const document = {
      testResults: [
        {
          name: `${ROOT}/test/a.test.js`,
          status: 'failed',
          assertionResults: [{ title: 'adds', ancestorTitles: ['math'], status: 'failed' }],
        },
        { name: `${ROOT}/test/b.test.js`, status: 'failed', assertionResults: [] },
        {
          name: `${ROOT}/test/c.test.js`,
          status: 'passed',
          assertionResults: [{ title: 't', ancestorTitles: [], status: 'pending' }],
        },
      ],
    };
    expect(testsOf(parseJest(JSON.stringify(document), ROOT))).toEqual({
      'test/a.test.js > math > adds': 'failed',
      'test/b.test.js > [file]': 'failed',
      'test/c.test.js > t': 'skipped',
    });
    expect(parseJest('{}', ROOT).unreadable).not.toBeNull();
    expect(parseJest('<html>', ROOT).unreadable).not.toBeNull();
  });
});
