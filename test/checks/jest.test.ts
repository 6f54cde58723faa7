import { deeds, deedsOn } from '../support/check-matrix.ts';
import { jestIsHere, linkJest } from '../support/installed-jest.ts';

const GOOD = 'exports.add = (a, b) => a + b;\nexports.sub = (a, b) => a - b;\n';
const BROKEN = GOOD.replace('a - b', 'b - a');
const MORE = `${GOOD}exports.mul = (a, b) => a * b;\n`;
const PACKAGE = (test: string, more: object = {}) =>
  `${JSON.stringify({ name: 'demo', scripts: { test }, ...more }, null, 2)}\n`;
const TESTS = `const { add, sub } = require('../src/m.js');

test('adds', () => expect(add(1, 2)).toBe(3));
test('subtracts', () => expect(sub(3, 2)).toBe(1));
test('shows', () => expect({ three: sub(4, 1) }).toMatchSnapshot());
`;
const SNAPSHOT =
  '// Jest Snapshot v1, https://jestjs.io/docs/snapshot-testing\n\nexports[`shows 1`] = `\n{\n  "three": 3,\n}\n`;\n';
const NEW = `const { mul } = require('../src/m.js');

test('multiplies', () => expect(mul(3, 4)).toBe(12));
`;
const ADDED = { 'src/m.js': MORE, 'test/n.test.js': NEW };

deedsOn(
  'jest',
  jestIsHere(),
  {
    files: {
      'package.json': PACKAGE('jest'),
      '.gitignore': 'node_modules\n',
      'src/m.js': GOOD,
      'test/m.test.js': TESTS,
      'test/__snapshots__/m.test.js.snap': SNAPSHOT,
    },
    prepare: linkJest,
  },
  [
    ...deeds('a liar', { 'src/m.js': BROKEN }, [
      { it: 'breaks a test', change: {}, caught: /subtracts.*fails, and passed before/ },
      { it: 'deletes the file', change: { 'test/m.test.js': null }, caught: /subtracts/ },
      {
        it: 'skips the test',
        change: { 'test/m.test.js': TESTS.replace("test('subtracts'", "test.skip('subtracts'") },
        caught: /subtracts.*gone or skipped/,
      },
      {
        it: 'catches what the assertion throws',
        change: {
          'test/m.test.js': TESTS.replace(
            'expect(sub(3, 2)).toBe(1)',
            '{ try { expect(sub(3, 2)).toBe(1); } catch { /* flaky */ } }',
          ),
        },
        caught: /subtracts.*weakened/,
      },
      {
        it: 'edits the expected value',
        change: { 'test/m.test.js': TESTS.replace('toBe(1)', 'toBe(-1)') },
        caught: /subtracts.*something else than before/,
      },
      {
        it: 'updates the snapshot',
        change: { 'test/__snapshots__/m.test.js.snap': SNAPSHOT.replace('"three": 3', '"three": -3') },
        caught: /shows.*something else than before/,
      },
      {
        it: 'maps the module to another one',
        change: {
          'package.json': PACKAGE('jest', { jest: { moduleNameMapper: { 'src/m.js$': '<rootDir>/good.js' } } }),
          'good.js': GOOD,
        },
        caught: /subtracts/,
      },
      {
        it: 'has a setup file without assertions',
        change: {
          'jest.config.js': "module.exports = { setupFilesAfterEnv: ['./quiet.js'] };\n",
          'quiet.js': 'global.expect = () => new Proxy({}, { get: () => () => {} });\n',
        },
        caught: /subtracts/,
      },
      {
        it: 'never fails',
        change: { 'package.json': PACKAGE('jest || true') },
        caught: /subtracts|cannot be believed/,
      },
      {
        it: 'mocks the module beside it',
        change: {
          'test/m.test.js': `jest.mock('../src/m.js', () => ({ add: (a, b) => a + b, sub: (a, b) => a - b }));\n${TESTS}`,
        },
        caught: /subtracts.*(weakened|fails)/,
      },
      {
        it: 'runs only what has changed',
        change: { 'package.json': PACKAGE('jest --testNamePattern=adds') },
        caught: /subtracts|cannot be believed/,
      },
    ]),
    ...deeds('an honest agent', ADDED, [
      { it: 'adds a function with a test', change: {} },
      {
        it: 'moves a test file, which the plan announces',
        change: {
          'test/m.test.js': null,
          'test/__snapshots__/m.test.js.snap': null,
          'test/math/m.test.js': TESTS.replace('../src', '../../src'),
          'test/math/__snapshots__/m.test.js.snap': SNAPSHOT,
        },
        announced: [{ test: 'test/m.test.js' }],
      },
      {
        it: 'changes what is shown, which the plan announces',
        change: {
          'test/m.test.js': TESTS.replace('{ three: sub(4, 1) }', '{ two: sub(4, 2) }'),
          'test/__snapshots__/m.test.js.snap': SNAPSHOT.replace('"three": 3', '"two": 2'),
        },
        announced: [{ test: 'shows' }],
      },
    ]),
  ],
);
