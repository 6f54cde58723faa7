// Builds dist/autoloop for this platform: one executable, templates and skill inside.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** The compiler: where the install script of its package puts it, or where npm does when such scripts do not run. */
function bun() {
  const modules = path.join(root, 'node_modules');
  const platforms = path.join(modules, '@oven');
  const folders = [path.join(modules, 'bun'), ...(existsSync(platforms) ? readdirSync(platforms).map((name) => path.join(platforms, name)) : [])];
  const candidates = folders.flatMap((folder) => [path.join(folder, 'bin', 'bun.exe'), path.join(folder, 'bin', 'bun')]);
  // Before its install script has run, the package holds a few bytes of text under the compiler's name.
  const found = candidates.find((file) => existsSync(file) && statSync(file).size > 1_000_000);
  if (found === undefined) throw new Error('the compiler (package bun) is not installed for this platform: run npm ci');
  return found;
}

/** What the binary says of itself: the commit's own date, so that two builds of a commit are the same bytes. */
function commitFacts() {
  const git = (...args) => spawnSync('git', args, { cwd: root, encoding: 'utf8' }).stdout?.trim() ?? '';
  const commit = existsSync(path.join(root, '.git')) ? git('rev-parse', '--short=10', 'HEAD') : '';
  return { commit, date: commit === '' ? '' : git('show', '-s', '--format=%cs', 'HEAD') };
}

export function build(outfile, target) {
  const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  mkdirSync(path.dirname(outfile), { recursive: true });
  execFileSync(
    bun(),
    [
      'build',
      '--compile',
      '--minify',
      '--bytecode',
      '--no-compile-autoload-bunfig',
      '--no-compile-autoload-dotenv',
      ...(target === undefined ? [] : [`--target=${target}`]),
      '--define',
      `BUILD=${JSON.stringify({ version, ...commitFacts() })}`,
      `--outfile=${outfile}`,
      'src/main.ts',
    ],
    { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] },
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) build(path.join(root, 'dist', 'autoloop'));
