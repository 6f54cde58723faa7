import { describe, expect, it } from 'vitest';
import { namedGuards } from '../../../../src/core/checks/named-files.ts';

const FILES = [
  'scripts/run.sh',
  'check.sh',
  'src/cli.js',
  'lib.sh',
  'tools/report.mjs',
  'run-tests.py',
  'tools/all.mk',
];
const named = (run: string | readonly string[], scripts: Record<string, string> = {}, makefile: string | null = null) =>
  namedGuards([{ run }], { has: (path) => FILES.includes(path), scripts, makefile });

describe('the files that a check names', () => {
  it('are guards where they are called or lie like what runs tests', () => {
    expect(named('sh ./check.sh --all')).toEqual(['check.sh']);
    expect(named(['python3', 'run-tests.py'])).toEqual(['run-tests.py']);
    expect(named('node src/cli.js --selftest && sh -n lib.sh')).toEqual([]);
    expect(named('sh scripts/other.sh')).toEqual([]);
  });

  it('are looked for in scripts, what runs before and after them, and the Makefile', () => {
    expect(
      named('npm test', { test: 'npm run unit', unit: 'node tools/report.mjs', pretest: 'sh scripts/run.sh' }),
    ).toEqual(['scripts/run.sh', 'tools/report.mjs']);
    expect(named('make check', {}, 'include tools/all.mk\ncheck:\n\t./check.sh\n')).toEqual([
      'check.sh',
      'tools/all.mk',
    ]);
    expect(named('npm run loop', { loop: 'npm run loop' })).toEqual([]);
  });
});
