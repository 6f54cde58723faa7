import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, openSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished } from 'vitest';
import { VERSION } from '../../src/work/version.ts';
import { REHEARSAL_ARGUMENT, WATCHDOG_ARGUMENT } from '../../src/core/hidden-arguments.ts';
import { PROJECT } from '../support/compiled.ts';
import { createRig } from '../support/rig.ts';

const BINARY = path.join(PROJECT, 'dist/autoloop');
/** Below the suite's own home, so that nothing can make it for another suite. */
const NOWHERE = path.join(process.env['HOME'] ?? tmpdir(), 'nothing is here');
const BARE = { HOME: NOWHERE, PATH: '/usr/bin:/bin' };

function run(args: readonly string[], options: { cwd?: string; env?: NodeJS.ProcessEnv; input?: string } = {}) {
  const { status, stdout, stderr } = spawnSync(BINARY, args, { encoding: 'utf8', env: BARE, ...options });
  return { status, stdout, stderr };
}

function makeFolder(): string {
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'binary-')));
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

describe('the binary', () => {
  it('tells its version, and with --verbose the commit that it was built from and its date', () => {
    expect(run(['--version'])).toEqual({ status: 0, stdout: `${VERSION}\n`, stderr: '' });
    const { stdout } = run(['--version', '--verbose']);
    const facts =
      /^autoloop (\S+) \(commit (?:unknown|[0-9a-f]{10}(?:-dirty)?, \d{4}-\d\d-\d\d)\)\ntested with codex .*\n$/.exec(
        stdout,
      );
    expect(facts?.[1], stdout).toBe(VERSION);
  });

  it('prints the same help as the sources do, with -h and --help', () => {
    const ofSources = execFileSync(process.execPath, ['src/main.ts', '--help'], { cwd: PROJECT, encoding: 'utf8' });
    for (const flag of ['-h', '--help']) expect(run([flag])).toEqual({ status: 0, stdout: ofSources, stderr: '' });
  });

  it('refuses an unknown option with one line and exit code 2', () => {
    expect(run(['--no-such-thing'])).toEqual({
      status: 2,
      stdout: '',
      stderr: "error: unknown option '--no-such-thing'\n",
    });
  });

  it('takes its hidden first arguments for what the parts that use them call them', async () => {
    // The watchdog ends with its standard input, the rehearsal agent asks for its prompt.
    expect(run([WATCHDOG_ARGUMENT, path.join(NOWHERE, 'ledger')], { input: '' })).toMatchObject({
      status: 0,
      stderr: '',
    });
    const rehearsal = run([REHEARSAL_ARGUMENT, 'exec', '--json', '-'], { input: '' });
    expect(rehearsal).toMatchObject({ status: 1, stderr: 'No prompt provided via stdin.\n' });
    const watchdog = spawn(BINARY, [WATCHDOG_ARGUMENT, path.join(NOWHERE, 'ledger')], {
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    const ended = new Promise((done) => watchdog.on('exit', done));
    expect(watchdog.exitCode).toBe(null);
    watchdog.stdin.end();
    expect(await ended).toBe(0);
  });

  it('is within 17 MB of an empty program that is compiled alike', async () => {
    const folder = makeFolder();
    const scripts = (await import(path.join(PROJECT, 'scripts/compiler.mjs'))) as { compiler: () => string };
    writeFileSync(path.join(folder, 'empty.ts'), 'export {};\n');
    const flags = ['--compile', '--minify', '--bytecode', '--format=esm', '--outfile=empty'];
    execFileSync(scripts.compiler(), ['build', ...flags, 'empty.ts'], { cwd: folder, stdio: 'ignore' });
    const difference = statSync(BINARY).size - statSync(path.join(folder, 'empty')).size;
    expect(difference).toBeLessThan(17_000_000);
  });

  it('shows the places of the sources to whoever debugs it, and a stack trace to nobody else', () => {
    const args = ['--workspace', NOWHERE, '--resume'];
    const shown = run(args, { env: { ...BARE, AUTOLOOP_DEBUG: '1' } });
    expect(shown.stderr).toMatch(/\bat \w+ \(src\/work\/given-workspace\.ts:\d+:\d+\)/);
    expect(run(args).stderr).toBe(`error: --workspace ${NOWHERE} does not exist: give an existing directory\n`);
  });
});

describe('what the binary prints', () => {
  it('arrives whole through a pipe, also 3 MB of it', () => {
    const folder = makeFolder();
    const model = 'm'.repeat(3_000_000);
    writeFileSync(path.join(folder, 'autoloop.yaml'), `provider:\n  codex:\n    model: ${model}\n`);
    const { status, stdout, stderr } = spawnSync('sh', ['-c', '"$0" --print-config --json | cat', BINARY], {
      cwd: folder,
      env: BARE,
      encoding: 'utf8',
      maxBuffer: 10_000_000,
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(JSON.stringify(JSON.parse(stdout)).includes(model)).toBe(true);
  });

  it.each([['--help'], ['--version'], ['--print-config']])(
    'may be read by nobody: %s then ends without a word',
    async (flag) => {
      const child = spawn(BINARY, [flag], { env: BARE, cwd: makeFolder(), stdio: ['ignore', 'pipe', 'pipe'] });
      child.stdout.destroy(); // Before it has started to print.
      const ended = new Promise((done) => child.on('exit', done));
      expect(await text(child.stderr)).toBe('');
      expect(await ended).toBe(0);
    },
  );

  it.runIf(existsSync('/dev/full')).each([['--help'], ['--version'], ['--print-config']])(
    'never fails unseen: %s on a full disk exits 1 with one line',
    (flag) => {
      const full = openSync('/dev/full', 'w');
      const ended = spawnSync(BINARY, [flag], {
        env: BARE,
        cwd: makeFolder(),
        stdio: ['ignore', full, 'pipe'],
        encoding: 'utf8',
      });
      expect(ended.stderr).toMatch(/^error: the output cannot be written: .*no space left.*\n$/);
      expect(ended.status).toBe(1);
    },
  );

  it('is coloured and moves on a terminal only, and there only without NO_COLOR', async () => {
    await using rig = await createRig();
    const start = async (id: string, env: Record<string, string>, terminal: boolean) => {
      const args = ['--intent', 'x', '--task-id', id, '--pairs', 'plan'];
      const { code, stdout } = await rig.run(args, { terminal, env: { TERM: 'xterm', ...env } });
      expect(code, stdout).toBe(0);
      return /[\u001b\r](?!\n)/.test(stdout);
    };
    expect(await start('piped', {}, false)).toBe(false);
    expect(await start('terminal', {}, true)).toBe(true);
    expect(await start('plain', { NO_COLOR: '1' }, true)).toBe(false);
  });
});

/** Everything that a runtime or a library could pick up from the folder it is started in. */
function hostileFiles(): Record<string, string> {
  const evil = `require('node:fs').writeFileSync(${JSON.stringify('evil-was-here')}, process.argv.join(' '));\n`;
  const packages = ['commander', 'execa', 'nanoid', 'pino', 'simple-git', 'yaml', 'zod'].flatMap((name) => [
    [`node_modules/${name}/package.json`, JSON.stringify({ name, version: '99.0.0', main: 'index.js' })],
    [`node_modules/${name}/index.js`, evil],
  ]);
  return {
    'README.md': '# Project\n',
    'bunfig.toml': 'preload = ["./evil.cjs"]\n[run]\nbun = true\n',
    'evil.cjs': evil,
    '.env':
      'AUTOLOOP_DEBUG=1\nBUN_OPTIONS=--preload=./evil.cjs\nNODE_OPTIONS=--require ./evil.cjs\nGIT_DIR=/nonexistent\n',
    '.env.production': 'AUTOLOOP_DEBUG=1\n',
    'tsconfig.json': '{"compilerOptions": {"paths": {"*": ["./evil.cjs"]}, "jsx": }\n',
    'package.json': '{"name": "autoloop", "type": "commonjs", "main": "evil.cjs", "exports": {\n',
    ...(Object.fromEntries(packages) as Record<string, string>),
  };
}

describe('in a folder with a hostile bunfig.toml, .env, tsconfig.json, package.json and node_modules', () => {
  it('the binary does what it does elsewhere: no code is run, no variable taken', async () => {
    await using hostile = await createRig({ files: hostileFiles() });
    await using plain = await createRig();
    const commands = [
      ['--version'],
      ['--help'],
      ['--print-config', '--json'],
      ['--list-tasks'],
      ['--no-such-option'],
      ['--workspace', NOWHERE, '--resume'],
    ];
    for (const args of commands) {
      const [there, here] = await Promise.all([hostile.run(args), plain.run(args)]);
      const neutral = ({ code, stdout, stderr }: typeof there, root: string) =>
        JSON.stringify({ code, stdout, stderr }).replaceAll(root, 'W');
      expect(neutral(there, hostile.workspace)).toBe(neutral(here, plain.workspace));
    }
    const { code, stderr } = await hostile.run(['--intent', 'Build it']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(existsSync(path.join(hostile.workspace, 'evil-was-here'))).toBe(false);
    expect(hostile.commits().length).toBeGreaterThan(1);
  });
});

describe('help and version', () => {
  it.each([['--help'], ['--version'], ['demo --help'], ['no-such-command']])(
    '%s loads no library but commander',
    (args) => {
      const hook = `import { registerHooks } from 'node:module';
      registerHooks({ load(url, context, next) { console.error('LOADED', url); return next(url, context); } });`;
      const words = ['--import', `data:text/javascript,${encodeURIComponent(hook)}`, 'src/main.ts', ...args.split(' ')];
      const { stderr } = spawnSync(process.execPath, words, { cwd: PROJECT, encoding: 'utf8' });
      const loaded = [...stderr.matchAll(/^LOADED (\S+)$/gm)].map(([, url = '']) => url);
      const packages = new Set(loaded.flatMap((url) => /\/node_modules\/([^/]+)/.exec(url)?.[1] ?? []));
      expect([...packages]).toEqual(['commander']);
    },
  );
});
