// Builds this checkout and a copy of it in another folder, whose packages are behind a link, and exits 1 unless the two
// executables are the same bytes: no path, time or order of files leaves a trace. Plain Node without dependencies.
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from './build.mjs';
import { sourceFacts } from './version.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const temporary = mkdtempSync(path.join(tmpdir(), 'autoloop-reproducible-'));
try {
  const { line } = sourceFacts(ROOT);
  const sums = [ROOT, copied(path.join(temporary, 'somewhere else'))].map((root) => {
    const outfile = path.join(temporary, 'autoloop');
    build({ root, outfile, line });
    return createHash('sha256').update(readFileSync(outfile)).digest('hex');
  });
  const same = sums[0] === sums[1];
  process.stdout.write(`${same ? 'Two builds, the same bytes' : 'ERROR: two builds differ'}: ${sums.join(' ')}\n`);
  if (!same) process.exitCode = 1;
} finally {
  rmSync(temporary, { recursive: true, force: true });
}

function copied(root) {
  mkdirSync(root);
  for (const name of ['src', 'package.json', 'package-lock.json']) {
    cpSync(path.join(ROOT, name), path.join(root, name), { recursive: true });
  }
  symlinkSync(path.join(ROOT, 'node_modules'), path.join(root, 'node_modules'));
  return root;
}
