// Builds the npm packages below dist/npm: `autoloop`, which holds a launcher, and for each platform a package with the program, of
// which npm installs the one that fits. Run by `npm run build:npm`; names given as arguments choose platforms, `--built` takes
// dist/autoloop for the platform of this machine instead of building it. They are installed from the tarballs that are made.
// A platform whose part of the compiler cannot be fetched is reported and left out, and the exit code is 1. Plain Node.
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { tarGz } from './archive.mjs';
import { build } from './build.mjs';
import { runtimeOf, TARGETS } from './compiler.mjs';
import { thirdPartyNotices } from './notices.mjs';
import { sourceFacts } from './version.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const FOLDER = path.join(ROOT, 'dist/npm');
const BUILT = '--built';

main(process.argv.slice(2));

function main(args) {
  const names = args.filter((arg) => arg !== BUILT);
  const unknown = names.filter((name) => !TARGETS.some((target) => target.name === name));
  if (unknown.length > 0) {
    return fail(`unknown platform ${unknown.join(', ')}: there are ${TARGETS.map(({ name }) => name).join(', ')}`);
  }
  rmSync(FOLDER, { recursive: true, force: true });
  const facts = sourceFacts(ROOT);
  const chosen = TARGETS.filter(({ name }) => names.length === 0 || names.includes(name));
  for (const target of chosen) {
    try {
      platformPackage(target, facts, args.includes(BUILT));
    } catch (error) {
      fail(`${target.name} is left out: ${error.message}`);
    }
  }
  mainPackage(facts);
}

/** The package that a person installs. It names every platform, whichever of them were built here. */
function mainPackage(facts) {
  const { version } = facts;
  const manifest = {
    ...shared(version),
    name: 'autoloop',
    bin: { autoloop: 'launcher.cjs' },
    engines: { node: '>=18' },
    optionalDependencies: Object.fromEntries(TARGETS.map(({ name }) => [`autoloop-${name}`, version])),
  };
  pack(manifest, facts, [
    { name: 'launcher.cjs', mode: 0o755, content: readFileSync(path.join(ROOT, 'scripts/npm-launcher.cjs')) },
    plain('skill/SKILL.md', readFileSync(path.join(ROOT, 'skill/SKILL.md'))),
    plain('README.md', readFileSync(path.join(ROOT, 'README.md'))),
  ]);
}

/** npm installs it where `os`, `cpu` and `libc` fit. */
function platformPackage(target, facts, isBuilt) {
  const [os, cpu, musl] = target.name.split('-');
  const manifest = {
    ...shared(facts.version),
    name: `autoloop-${target.name}`,
    description: `The program of autoloop for ${target.name}: install the package autoloop`,
    os: [os === 'macos' ? 'darwin' : os],
    cpu: [cpu],
    ...(os === 'linux' ? { libc: [musl === undefined ? 'glibc' : 'musl'] } : {}),
  };
  const program = path.join(FOLDER, `.${target.name}`, 'autoloop');
  if (isBuilt) {
    mkdirSync(path.dirname(program), { recursive: true });
    copyFileSync(path.join(ROOT, 'dist/autoloop'), program);
  } else {
    build({ root: ROOT, outfile: program, runtime: { target: target.target, executable: runtimeOf(target) } });
  }
  pack(manifest, facts, [
    { name: 'autoloop', mode: 0o755, content: readFileSync(program) },
    plain('THIRD_PARTY_NOTICES', Buffer.from(thirdPartyNotices(ROOT))),
  ]);
  rmSync(path.dirname(program), { recursive: true });
}

function shared(version) {
  const { description, license } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8'));
  return { version, description, license };
}

function plain(name, content) {
  return { name, mode: 0o644, content };
}

/** The tarball that `npm pack` would make of these files, the same bytes for the same files. */
function pack(manifest, { epoch }, files) {
  const name = `${manifest.name}-${manifest.version}.tgz`;
  const all = [
    plain('package.json', Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`)),
    plain('LICENSE', readFileSync(path.join(ROOT, 'LICENSE'))),
    ...files,
  ];
  mkdirSync(FOLDER, { recursive: true });
  const archive = tarGz(
    all.map((file) => ({ ...file, name: `package/${file.name}` })),
    epoch,
  );
  writeFileSync(path.join(FOLDER, name), archive);
  process.stdout.write(`dist/npm/${name}: ${(archive.length / 1e6).toFixed(1)} MB\n`);
}

function fail(message) {
  process.stderr.write(`ERROR: ${message}\n`);
  process.exitCode = 1;
}
