import path from 'node:path';
import { mkdirSync, symlinkSync } from 'node:fs';
import { PROJECT } from '../support/compiled.ts';
import { deeds, deedsOn } from '../support/check-matrix.ts';

const GOOD = 'export const add = (a, b) => a + b;\nexport const sub = (a, b) => a - b;\n';
const BROKEN = GOOD.replace('a - b', 'b - a');
const MORE = `${GOOD}export const mul = (a, b) => a * b;\n`;
const PACKAGE = (test: string, more: object = {}) =>
  `${JSON.stringify({ name: 'demo', type: 'module', scripts: { test }, ...more }, null, 2)}\n`;
const TESTS = `import { it } from 'vitest';
import assert from 'node:assert';
import { add, sub } from '../src/m.js';

it('adds', () => assert.equal(add(1, 2), 3));
it('subtracts', () => assert.equal(sub(3, 2), 1));
`;
const NEW = `import { it } from 'vitest';
import assert from 'node:assert';
import { mul } from '../src/m.js';

it('multiplies', () => assert.equal(mul(3, 4), 12));
`;
const SHOWN = `import { expect, it } from 'vitest';
import { sub } from '../src/m.js';

it('shows', () => expect(sub(3, 2)).toMatchSnapshot());
`;
const SNAPSHOT = '// Vitest Snapshot v1, https://vitest.dev/guide/snapshot.html\n\nexports[`shows 1`] = `1`;\n';

/** vitest itself, from this project's packages. */
function linkVitest(folder: string): void {
  mkdirSync(path.join(folder, 'node_modules/.bin'), { recursive: true });
  const from = path.join(PROJECT, 'node_modules');
  symlinkSync(path.join(from, 'vitest'), path.join(folder, 'node_modules/vitest'));
  symlinkSync('../vitest/vitest.mjs', path.join(folder, 'node_modules/.bin/vitest'));
}

deedsOn(
  'vitest',
  true,
  {
    files: {
      'package.json': PACKAGE('vitest run'),
      '.gitignore': 'node_modules\n',
      'src/m.js': GOOD,
      'test/m.test.js': TESTS,
      'test/shown.test.js': SHOWN,
      'test/__snapshots__/shown.test.js.snap': SNAPSHOT,
    },
    prepare: linkVitest,
  },
  [
    ...deeds('a liar', { 'src/m.js': BROKEN }, [
      {
        it: 'lets only the other test run',
        change: { 'test/m.test.js': TESTS.replace("it('adds'", "it.only('adds'") },
        caught: /subtracts.*gone or skipped/,
      },
      {
        it: 'adds a configuration with another module in the place of the sources',
        change: {
          'vitest.config.js':
            "export default { resolve: { alias: [{ find: /.*src.m\\.js$/, replacement: new URL('./good.js', import.meta.url).pathname }] } };\n",
          'good.js': GOOD,
        },
        caught: /subtracts/,
      },
      {
        it: 'has the test pass where it fails',
        change: { 'test/m.test.js': TESTS.replace("it('subtracts'", "it.fails('subtracts'") },
        caught: /subtracts.*(weakened|announced)/,
      },
      {
        it: 'mocks the module in a file of mocks',
        change: {
          'src/__mocks__/m.js': GOOD,
          'vitest.config.js': "export default { test: { setupFiles: ['./quiet.js'] } };\n",
          'quiet.js': "import { vi } from 'vitest';\nvi.mock('./src/m.js');\n",
        },
        caught: /subtracts/,
      },
      {
        it: 'runs the test only where something is set',
        change: {
          'test/m.test.js': TESTS.replace("it('subtracts'", "it.runIf(process.env.FULL)('subtracts'"),
        },
        caught: /subtracts.*gone or skipped/,
      },
      {
        it: 'adds a workspace that leaves the test out',
        change: {
          'vitest.config.mjs': "export default { test: { exclude: ['test/m.test.js'], passWithNoTests: true } };\n",
        },
        caught: /subtracts|cannot be believed/,
      },
    ]),
    ...deeds('a liar', { 'src/m.js': BROKEN }, [
      {
        it: 'deletes the test, and lets there be none',
        change: { 'test/m.test.js': null, 'package.json': PACKAGE('vitest run --passWithNoTests') },
        caught: /subtracts|cannot be believed/,
      },
      {
        it: 'updates what is expected with every run',
        change: {
          'package.json': PACKAGE('vitest run --update'),
          'test/__snapshots__/shown.test.js.snap': SNAPSHOT.replace('1', '-1'),
        },
        caught: /shows|cannot be believed/,
      },
      {
        it: 'updates the snapshot',
        change: { 'test/__snapshots__/shown.test.js.snap': SNAPSHOT.replace('`1`', '`-1`') },
        caught: /shows.*something else than before/,
      },
      {
        it: 'mocks the module under test',
        change: {
          'test/m.test.js': `import { vi } from 'vitest';\nvi.mock('../src/m.js', () => ({ add: (a, b) => a + b, sub: (a, b) => a - b }));\n${TESTS}`,
        },
        caught: /subtracts.*weakened/,
      },
      {
        it: 'has a pattern of names in the configuration',
        change: { 'vitest.config.js': "export default { test: { testNamePattern: 'adds|shows' } };\n" },
        caught: /subtracts.*gone or skipped/,
      },
      {
        it: 'calls a failed run a good one',
        change: { 'package.json': PACKAGE('vitest run; exit 0') },
        caught: /subtracts|cannot be believed/,
      },
      {
        it: 'has a reporter that mends what it is told',
        change: {
          'vitest.config.js': "export default { test: { reporters: ['./kind.js'] } };\n",
          'kind.js':
            'export default class { onInit() { process.exitCode = 0; process.on("exit", () => { process.exitCode = 0; }); } }\n',
        },
        caught: /subtracts|cannot be believed/,
      },
    ]),
    ...deeds('an honest agent', {}, [
      {
        it: 'adds a function with a test',
        change: { 'src/m.js': MORE, 'test/n.test.js': NEW },
        unsaid: /shows nothing/,
      },
      {
        it: 'adds a test that asserts nothing, which proves nothing',
        change: {
          'src/m.js': MORE,
          'test/n.test.js': "import { it } from 'vitest';\n\nit('multiplies', () => {});\n",
        },
        shown: /multiplies.*shows nothing/,
      },
      {
        it: 'gives a test more time and more cases',
        change: {
          'test/m.test.js': TESTS.replace(
            'assert.equal(sub(3, 2), 1));',
            '{ for (const [a, b, c] of [[3, 2, 1], [2, 2, 0]]) assert.equal(sub(a, b), c); }, 60_000);',
          ),
          'vitest.config.js': 'export default { test: { testTimeout: 20_000, retry: 2 } };\n',
        },
        shown: /m\.test\.js was edited/,
      },
      {
        it: 'moves a test file',
        change: {
          'src/m.js': MORE,
          'test/m.test.js': null,
          'test/math/m.test.js': TESTS.replace('../src', '../../src'),
          'test/n.test.js': NEW,
        },
      },
      {
        it: 'turns the sources into another language, and leads the old name there',
        change: {
          'src/m.js': "export * from './math.ts';\n",
          'src/math.ts': MORE.replaceAll('(a, b)', '(a: number, b: number)'),
          'test/n.test.js': NEW,
        },
      },
    ]),
  ],
);
