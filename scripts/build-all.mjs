// Builds what a release consists of: for each platform a folder and an archive that install.sh can install from, and the
// SHA-256 sums of the executables and the archives. Run by `npm run build:all`; names given as arguments choose platforms.
// A platform whose part of the compiler cannot be fetched is reported and left out, and the exit code is 1.
// Plain Node without dependencies.
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { tarGz } from './archive.mjs';
import { build } from './build.mjs';
import { runtimeOf, TARGETS } from './compiler.mjs';
import { thirdPartyNotices } from './notices.mjs';
import { sourceFacts } from './version.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const RELEASE = path.join(ROOT, 'dist/release');
/** What lies beside the executable, under the names that it has here. */
const DOCUMENTS = [
  ...['install.sh', 'skill/SKILL.md', 'LICENSE', 'README.md', 'CHANGELOG.md'],
  ...readdirSync(path.join(ROOT, 'docs'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(ROOT, path.join(entry.parentPath, entry.name)))
    .sort(),
];

main(process.argv.slice(2));

function main(names) {
  const unknown = names.filter((name) => !TARGETS.some((target) => target.name === name));
  if (unknown.length > 0) {
    const known = TARGETS.map(({ name }) => name).join(', ');
    return fail(`unknown platform ${unknown.join(', ')}: there are ${known} (Windows is not supported: use WSL)`);
  }
  rmSync(RELEASE, { recursive: true, force: true });
  mkdirSync(RELEASE, { recursive: true });
  const facts = sourceFacts(ROOT);
  const sums = TARGETS.filter(({ name }) => names.length === 0 || names.includes(name)).flatMap((target) => {
    try {
      return release(target, facts);
    } catch (error) {
      fail(`${target.name} is left out: ${error.message}`);
      return [];
    }
  });
  writeFileSync(path.join(RELEASE, 'SHA256SUMS'), sums.map(({ sum, file }) => `${sum}  ${file}\n`).join(''));
}

/** Returns the sums of what it made. */
function release(target, { version, epoch }) {
  const executable = runtimeOf(target);
  const name = `autoloop-${version}-${target.name}`;
  const folder = path.join(RELEASE, name);
  build({ root: ROOT, outfile: path.join(folder, 'autoloop'), runtime: { target: target.target, executable } });
  const content = (file) => readFileSync(path.join(ROOT, file));
  const files = [
    { name: 'autoloop', mode: 0o755, content: readFileSync(path.join(folder, 'autoloop')) },
    ...DOCUMENTS.map((file) => ({ name: file, mode: file.endsWith('.sh') ? 0o755 : 0o644, content: content(file) })),
    { name: 'THIRD_PARTY_NOTICES', mode: 0o644, content: Buffer.from(thirdPartyNotices(ROOT)) },
  ];
  for (const file of files.slice(1)) {
    const place = path.join(folder, file.name);
    mkdirSync(path.dirname(place), { recursive: true });
    writeFileSync(place, file.content);
    chmodSync(place, file.mode);
  }
  const archive = tarGz(
    files.map((file) => ({ ...file, name: `${name}/${file.name}` })),
    epoch,
  );
  writeFileSync(path.join(RELEASE, `${name}.tar.gz`), archive);
  const megabytes = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;
  process.stdout.write(
    `${target.name}: ${megabytes(files[0].content.length)}, archive ${megabytes(archive.length)}: ${name}.tar.gz\n`,
  );
  return [
    { file: `${name}/autoloop`, sum: sha256(files[0].content) },
    { file: `${name}.tar.gz`, sum: sha256(archive) },
  ];
}

function sha256(bytes) {
  return createHash('sha256').update(bytes).digest('hex');
}

function fail(message) {
  process.stderr.write(`ERROR: ${message}\n`);
  process.exitCode = 1;
}
