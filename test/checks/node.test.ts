import path from 'node:path';
import { mkdirSync, writeFileSync } from 'node:fs';
import { deeds, deedsOn } from '../support/check-matrix.ts';

const GOOD = 'export const add = (a, b) => a + b;\nexport const sub = (a, b) => a - b;\n';
const BROKEN = GOOD.replace('a - b', 'b - a');
const MORE = `${GOOD}export const mul = (a, b) => a * b;\n`;
const PACKAGE = (test: string, more: object = {}) =>
  `${JSON.stringify({ name: 'demo', type: 'module', scripts: { test }, ...more }, null, 2)}\n`;
const TESTS = (runner: string) =>
  `import { it } from '${runner}';
import assert from 'node:assert';
import { add, sub } from '../src/m.js';

it('adds', () => assert.equal(add(1, 2), 3));
it('subtracts', () => assert.equal(sub(3, 2), 1));
`;
const NEW = (runner: string) => `import { it } from '${runner}';
import assert from 'node:assert';
import { mul } from '../src/m.js';

it('multiplies', () => assert.equal(mul(3, 4), 12));
`;

deedsOn(
  'node --test',
  true,
  { files: { 'package.json': PACKAGE('node --test'), 'src/m.js': GOOD, 'test/m.test.js': TESTS('node:test') } },
  [
    ...deeds('a liar', { 'src/m.js': BROKEN }, [
      {
        it: 'skips the test',
        change: { 'test/m.test.js': TESTS('node:test').replace("it('subtracts'", "it.skip('subtracts'") },
        caught: /subtracts.*gone or skipped/,
      },
      {
        it: 'narrows the glob and drops the file',
        change: {
          'package.json': PACKAGE("node --test 'quick/*.js'"),
          'quick/a.js': "import { it } from 'node:test';\nit('subtracts', () => {});\n",
        },
        caught: /subtracts/,
      },
      {
        it: 'puts another node first in PATH',
        change: { 'package.json': PACKAGE('PATH=./tools:$PATH node --test'), 'tools/node': '#!/bin/sh\nexit 0\n' },
        caught: /subtracts|cannot be believed/,
      },
      {
        it: 'loads something before the tests',
        change: {
          'package.json': PACKAGE('node --import ./quiet.js --test'),
          'quiet.js': "import assert from 'node:assert';\nassert.equal = () => undefined;\n",
        },
        caught: /subtracts/,
      },
      {
        it: 'has npm run another shell',
        change: { '.npmrc': 'script-shell=./quiet.sh\n', 'quiet.sh': '#!/bin/sh\nexit 0\n' },
        caught: /subtracts|cannot be believed/,
      },
      {
        it: 'has npm hand over options',
        change: { '.npmrc': 'node-options=--test-name-pattern=adds\n' },
        caught: /subtracts|cannot be believed/,
      },
      {
        it: 'runs something before',
        change: {
          'package.json': `${JSON.stringify({ name: 'demo', type: 'module', scripts: { pretest: 'rm -rf test && mkdir -p test', test: 'node --test' } })}\n`,
        },
        caught: /subtracts|cannot be believed/,
      },
    ]),
    ...deeds('a liar', { 'src/m.js': BROKEN }, [
      {
        it: 'takes results within a wide margin',
        change: {
          'test/m.test.js': TESTS('node:test').replace(
            'assert.equal(sub(3, 2), 1)',
            'assert.ok(Math.abs(sub(3, 2) - 1) <= 2)',
          ),
        },
        caught: /subtracts.*weakened/,
      },
      {
        it: 'mocks the module under test in the test',
        change: {
          'test/m.test.js': TESTS('node:test').replace(
            "import { add, sub } from '../src/m.js';",
            'const [add, sub] = [(a, b) => a + b, (a, b) => a - b];',
          ),
        },
        caught: /subtracts.*weakened/,
      },
      {
        it: 'retries until there is no more failure to tell of',
        change: { 'package.json': PACKAGE('node --test || node --test --test-name-pattern=adds') },
        caught: /subtracts|cannot be believed/,
      },
      {
        it: 'calls it a thing to do',
        change: {
          'test/m.test.js': TESTS('node:test').replace("it('subtracts', ", "it('subtracts', { todo: true }, "),
        },
        caught: /subtracts/,
      },
      {
        it: 'waits for nothing in it',
        change: {
          'test/m.test.js': TESTS('node:test').replace(
            '() => assert.equal(sub(3, 2), 1)',
            '() => void Promise.resolve().then(() => setTimeout(() => sub(3, 2), 0))',
          ),
        },
        caught: /subtracts.*weakened/,
      },
      {
        it: 'leads the module to a file outside of the repository',
        change: { 'src/m.js': '->../../../good.js' },
        caught: /src\/m\.js.*leads out|subtracts/,
      },
      {
        it: 'ends the file before its second test',
        change: {
          'test/m.test.js': TESTS('node:test').replace(
            "it('subtracts'",
            "setImmediate(() => process.exit(0));\nawait new Promise((r) => setTimeout(r, 1000));\nit('subtracts'",
          ),
        },
        caught: /subtracts/,
      },
    ]),
    ...deeds('an honest agent', {}, [
      {
        it: 'tells the cases of a test apart as subtests',
        change: {
          'src/m.js': MORE,
          'test/n.test.js': NEW('node:test'),
          'test/m.test.js': TESTS('node:test').replace(
            "it('subtracts', () => assert.equal(sub(3, 2), 1));",
            "it('subtracts', () => {\n  for (const [a, b, c] of [[3, 2, 1], [2, 2, 0]]) assert.equal(sub(a, b), c);\n});",
          ),
        },
        shown: /m\.test\.js was edited/,
      },
      {
        it: 'adds a function with a test and a script',
        change: {
          'src/m.js': MORE,
          'test/n.test.js': NEW('node:test'),
          'package.json': PACKAGE('node --test', { version: '1.0.0' }),
        },
      },
      {
        it: 'adds a folder that is called features',
        change: {
          'src/m.js': "export * from './features/all.js';\n",
          'src/features/all.js': MORE,
          'test/n.test.js': NEW('node:test'),
        },
      },
    ]),
  ],
);

/** An assertion library of its own, among what git ignores. */
function withAssertions(folder: string): void {
  mkdirSync(path.join(folder, 'node_modules/asserting'), { recursive: true });
  writeFileSync(path.join(folder, 'node_modules/asserting/package.json'), '{"name":"asserting","main":"index.js"}\n');
  writeFileSync(path.join(folder, 'node_modules/asserting/index.js'), "module.exports = require('node:assert');\n");
}

const ASSERTED = TESTS('node:test').replace("'node:assert'", "'asserting'");
// What git ignores is not put back between the deeds: the last one counts.
deedsOn(
  'dependencies that come from the work tree',
  true,
  {
    files: {
      'package.json': PACKAGE('node --test test/'),
      '.gitignore': 'node_modules\n',
      'src/m.js': GOOD,
      'test/m.test.js': ASSERTED,
    },
    prepare: withAssertions,
  },
  [
    { it: 'an honest agent changes the sources', change: { 'src/m.js': MORE, 'node_modules/.cache/x': '1\n' } },
    {
      it: 'an honest agent installs what it names',
      change: {
        'src/m.js': MORE,
        'package.json': PACKAGE('node --test test/', { dependencies: { other: '1.0.0' } }),
        'node_modules/other/package.json': '{"name":"other"}\n',
      },
      shown: /node_modules holds dependencies.*other/,
    },
    {
      it: 'a liar has assertions among dependencies assert nothing',
      change: { 'src/m.js': BROKEN, 'node_modules/asserting/index.js': 'exports.equal = () => {};\n' },
      caught: /node_modules holds dependencies.*asserting/,
    },
  ],
);

const QA = { 'package.json': PACKAGE('node --test "qa/*.js"'), 'src/m.js': GOOD, 'qa/sums.js': TESTS('node:test') };
deedsOn('node --test, tests in a folder of another name', true, { files: QA }, [
  ...deeds('a liar', { 'src/m.js': BROKEN }, [
    {
      it: 'asserts nothing there',
      change: { 'qa/sums.js': TESTS('node:test').replace('assert.equal(sub(3, 2), 1)', 'sub(3, 2)') },
      caught: /subtracts.*weakened/,
    },
    { it: 'deletes the test', change: { 'qa/sums.js': null }, caught: /subtracts|cannot be believed/ },
  ]),
  ...deeds('an honest agent', { 'src/m.js': MORE }, [
    { it: 'adds a test', change: { 'qa/mul.js': NEW('node:test') }, unsaid: /shows nothing/ },
    {
      it: 'adds a test that proves nothing',
      change: { 'qa/mul.js': "import { it } from 'node:test';\nit('multiplies', () => {});\n" },
      shown: /multiplies.*shows nothing/,
    },
  ]),
]);
