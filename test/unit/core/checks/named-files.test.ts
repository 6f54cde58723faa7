import { describe, expect, it } from 'vitest';
import { namedGuards, namedInScript } from '../../../../src/core/checks/named-files.ts';

const FILES = [
  'scripts/run.sh',
  'check.sh',
  'src/cli.js',
  'lib.sh',
  'all.sh',
  'assertions.sh',
  'mk/rules.mk',
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

  it('are scripts of the shell that it runs, whatever they are called, and not those that it looks at', () => {
    expect(named('sh ./all.sh')).toEqual(['all.sh']);
    expect(named('set -e; . ./all.sh && ./lib.sh')).toEqual(['all.sh', 'lib.sh']);
    expect(named('shellcheck lib.sh all.sh')).toEqual([]);
    expect(named('make', {}, 'x:\n\t@./all.sh\n')).toEqual(['all.sh']);
  });

  it('name others in their turn: rules what they run, scripts what is no source', () => {
    const sources = { has: (path: string) => FILES.includes(path), scripts: {}, makefile: null };
    expect(namedInScript('mk/rules.mk', 'check:\n\tsh all.sh\n', sources)).toEqual(['all.sh']);
    expect(namedInScript('all.sh', '. ./lib.sh\n. ./assertions.sh\n', sources)).toEqual(['assertions.sh']);
  });
});
