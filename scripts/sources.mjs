// What the compiler reads, in a form that leaves no trace of where it lies. Plain Node without dependencies.
import { cpSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { shippedPackages } from './notices.mjs';

/** What of a package the compiler has no use for: types, source maps and texts, most of its bytes. */
const UNUSED = /\.(?:d\.[cm]?ts|map|md|markdown)$/;

/**
 * The folder to compile the sources below `root` in: `root` itself, or `folder` with a copy of them when the packages are
 * behind a link. The compiler follows links, and names each module in the binary by its way from the folder it works in.
 */
export function sourcesFor(root, folder) {
  const packages = path.join(root, 'node_modules');
  if (realpathSync(packages) === path.join(realpathSync(root), 'node_modules')) return root;
  for (const name of ['src', 'package.json', ...shippedPackages(root).map((shipped) => shipped.folder)]) {
    cpSync(path.join(root, name), path.join(folder, name), {
      recursive: true,
      filter: (file) => name === 'src' || !UNUSED.test(file),
    });
  }
  return folder;
}
