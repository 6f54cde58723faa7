// Builds dist/autoloop for this platform, one executable with the templates and the skill inside, and the notices that go
// with it. Run by `npm run build`. Plain Node without dependencies.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { compiler } from './compiler.mjs';
import { thirdPartyNotices } from './notices.mjs';
import { sourcesFor } from './sources.mjs';
import { sourceFacts } from './version.mjs';

const FLAGS = [
  '--compile',
  '--minify',
  '--bytecode',
  // Lazy imports stay files of their own: a command loads what it needs. The default with bytecode is one CommonJS file.
  '--format=esm',
  '--splitting',
  // The place of a package at build time means nothing elsewhere, and the binary would tell where it was built.
  '--define=__dirname="/$bunfs/root"',
  '--define=__filename="/$bunfs/root/autoloop"',
  // Into the binary, so that AUTOLOOP_DEBUG=1 shows the places of the sources.
  '--sourcemap=linked',
  // Security: otherwise the binary runs code and takes variables from the folder that it is started in.
  '--no-compile-autoload-bunfig',
  '--no-compile-autoload-dotenv',
  '--no-compile-autoload-tsconfig',
  '--no-compile-autoload-package-json',
];

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const root = fileURLToPath(new URL('..', import.meta.url));
  try {
    build({ root, outfile: path.join(root, 'dist/autoloop') });
    writeFileSync(path.join(root, 'dist/THIRD_PARTY_NOTICES'), thirdPartyNotices(root));
  } catch (error) {
    process.stderr.write(`ERROR: ${error.message}\n`);
    process.exitCode = 1;
  }
}

/**
 * Compiles the sources below `root` to `outfile`, which is replaced in one step. `runtime` is another platform's
 * `{ target, executable }` (scripts/compiler.mjs); `line` is what the binary says of its origin, by default what git knows.
 * Throws an Error when the compiler has printed what is wrong.
 */
export function build({ root, outfile, runtime, line = sourceFacts(root).line }) {
  const facts = { line, help: helpText(root) };
  mkdirSync(path.dirname(outfile), { recursive: true });
  const folder = mkdtempSync(path.join(path.dirname(outfile), '.build-'));
  const cross =
    runtime === undefined ? [] : [`--target=${runtime.target}`, `--compile-executable-path=${runtime.executable}`];
  // Its name is part of the binary, and so the same for every build.
  const output = path.join(folder, 'autoloop');
  try {
    const args = [...FLAGS, ...cross, '--define', `AUTOLOOP_BUILD=${JSON.stringify(facts)}`, `--outfile=${output}`];
    run(['build', ...args, 'src/main.ts'], sourcesFor(root, path.join(folder, 'sources')));
    renameSync(output, outfile);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Rendered once here: to do it at every `--help` takes longer than the program's start. */
function helpText(root) {
  return run(['src/main.ts', '--help'], root);
}

function run(args, root) {
  const { status, stdout } = spawnSync(compiler(), args, {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (status !== 0) throw new Error(`the compiler failed in ${root}`);
  return stdout;
}
