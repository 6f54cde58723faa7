import { describe, expect, it } from 'vitest';
import { arrange, type CommandFacts } from '../../../src/checks/arrange.ts';
import { checkEnvironment } from '../../../src/checks/environment.ts';
import { CHECK } from '../core/checks/results-of.ts';

const FILE = '/cache/ab.results';
const of = (run: string | readonly string[], scripts: CommandFacts['scripts'] = {}, makefile: string | null = null) =>
  arrange({ ...CHECK, run, parser: 'auto' }, { scripts, makefile }, FILE);

describe('what `auto` arranges', () => {
  it('hands a reporter to vitest behind --, and only where it is the last that the script runs', () => {
    const { run, parser, from } = of('npm test', { test: 'tsc && vitest run' });
    expect(run).toBe('npm test -- --reporter=default --reporter=junit --outputFile.junit=/cache/ab.results');
    expect({ parser, from }).toEqual({ parser: 'junit', from: 'file' });
    expect(of('pnpm test', { test: 'vitest' }).run).toBe(
      'pnpm test --reporter=default --reporter=junit --outputFile.junit=/cache/ab.results',
    );
    expect(of('npm test', { test: 'vitest run && tsc' })).toMatchObject({ run: 'npm test', parser: 'unknown' });
    expect(of(['npx', 'vitest', 'run']).run).toHaveLength(6);
  });

  it('asks jest for JSON', () => {
    expect(of('npm t', { test: 'jest' })).toMatchObject({
      run: 'npm t -- --ci --json --outputFile=/cache/ab.results',
      parser: 'jest',
    });
  });

  it('asks mocha for a file, and only where it writes nothing of its own', () => {
    expect(of('npm test', { test: 'mocha' })).toMatchObject({
      run: 'npm test -- --reporter xunit -O output=/cache/ab.results',
      parser: 'junit',
      from: 'file',
    });
    expect(of('npx mocha -R dot')).toMatchObject({ run: 'npx mocha -R dot', parser: 'unknown' });
  });

  it('leaves the commands of pytest, node and go as they are: their environment says it', () => {
    expect(of('python3 -m pytest -q')).toMatchObject({
      run: 'python3 -m pytest -q',
      env: { PYTEST_ADDOPTS: '--junitxml=/cache/ab.results -o junit_family=xunit1 -p no:cacheprovider' },
    });
    expect(of('npm test', { test: 'node --test || true' }).env['NODE_OPTIONS']).toContain('--test-reporter=junit');
    expect(of('npm test', { test: 'node --test --test-reporter=tap' })).toMatchObject({ env: {}, parser: 'unknown' });
    expect(of('make check', {}, 'check:\n\tgo test ./...\n')).toMatchObject({
      env: { GOFLAGS: '-json -count=1' },
      parser: 'go',
    });
  });

  it('gives no flag to go vet, which would end with 0 whatever it finds', () => {
    expect(of('go vet ./... && go test ./...')).toMatchObject({
      run: 'go vet ./... && go test -json ./...',
      env: { GOFLAGS: '-count=1' },
      parser: 'go',
    });
    expect(of('make check', {}, 'check:\n\tgo vet ./...\n\tgo test ./...\n')).toMatchObject({
      env: {},
      parser: 'unknown',
    });
    expect(of('go test -json ./...')).toMatchObject({
      run: 'go test -json ./...',
      env: { GOFLAGS: '-count=1' },
      parser: 'go',
    });
    const check = { ...CHECK, run: 'make check', parser: 'go' as const };
    expect(arrange(check, { scripts: {}, makefile: 'check:\n\tgo vet ./...\n\tgo test ./...\n' }, FILE).env).toEqual(
      {},
    );
  });

  it('lets cargo run what comes after a failure', () => {
    expect(of('cargo test --offline').run).toBe('cargo test --no-fail-fast --offline');
    expect(of(['cargo', 'test', '--', '-q']).run).toEqual(['cargo', 'test', '--no-fail-fast', '--', '-q']);
  });

  it('takes files where the configuration names them', () => {
    const check = { ...CHECK, parser: 'junit' as const, results: 'out/*.xml' };
    expect(arrange(check, { scripts: {}, makefile: null }, FILE)).toMatchObject({ from: 'globs', run: 'npm test' });
  });
});

describe('the environment of a check', () => {
  it("is the user's, without variables of another repository or runner", () => {
    const user = {
      HOME: '/h',
      GIT_DIR: '/x',
      NODE_TEST_CONTEXT: 'child',
      npm_config_x: '1',
      NODE_OPTIONS: '--a',
      TERM: 'xterm',
    };
    const env = checkEnvironment(user, { root: '/t', cwd: '/t/sub' }, { NODE_OPTIONS: '--b' });
    expect(env).toEqual({
      HOME: '/h',
      NODE_OPTIONS: '--a --b',
      PYTHONPATH: '/t/sub/src:/t/sub:/t/src:/t',
      CI: '1',
      NO_COLOR: '1',
      TERM: 'dumb',
      CARGO_TERM_COLOR: 'never',
      PYTHONDONTWRITEBYTECODE: '1',
      TURBO_FORCE: 'true',
      NX_SKIP_NX_CACHE: 'true',
    });
  });
});
