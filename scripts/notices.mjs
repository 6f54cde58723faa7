// The notices that go with the binary: the licenses of the packages inside it and of Bun. Plain Node without dependencies.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';

const RULE = '='.repeat(100);

/** The packages that the executable may contain: `folder` below `root`, `name`, `version`, `license`. */
export function shippedPackages(root) {
  return Object.entries(lockedPackages(root))
    .filter(([folder, { dev, optional, devOptional }]) => folder !== '' && !dev && !optional && !devOptional)
    .map(([folder, { version, license }]) => {
      const name = folder.slice(folder.lastIndexOf('node_modules/') + 'node_modules/'.length);
      return { folder, name, version, license };
    });
}

/** The text of THIRD_PARTY_NOTICES. Throws an Error for a package that ships no license, and names none that is known here. */
export function thirdPartyNotices(root) {
  const sections = shippedPackages(root).map(({ folder, name, version, license }) =>
    section(`${name} ${version} (${license})`, licenseIn(root, folder)),
  );
  const about = readFileSync(path.join(root, 'scripts/notices/bun.md'), 'utf8');
  const bun = about.replace('VERSION', lockedPackages(root)['node_modules/bun'].version);
  const lgpl = readFileSync(path.join(root, 'scripts/notices/LGPL-2.1.txt'), 'utf8');
  return [
    'Autoloop contains the work of others, under the licenses below.\n',
    section('Bun', bun),
    ...sections,
    section('GNU Lesser General Public License, version 2.1', lgpl),
  ].join('\n');
}

function lockedPackages(root) {
  return JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8')).packages;
}

/** A package that ships only the name of its license gets that license's words, under its author's name. */
function licenseIn(root, folder) {
  const place = path.join(root, folder);
  const names = readdirSync(place).filter((name) => /^(?:licen[sc]e|copying|notice)/i.test(name));
  if (names.length > 0) return names.map((name) => readFileSync(path.join(place, name), 'utf8')).join('\n');
  const { license, author } = JSON.parse(readFileSync(path.join(place, 'package.json'), 'utf8'));
  const words = path.join(root, `scripts/notices/${license}.txt`);
  const holder = typeof author === 'string' ? author : author?.name;
  if (holder === undefined || !existsSync(words)) {
    throw new Error(`${place} ships no license: THIRD_PARTY_NOTICES cannot be written`);
  }
  return readFileSync(words, 'utf8').replace('HOLDER', holder);
}

function section(title, text) {
  return `${RULE}\n${title}\n${RULE}\n\n${text.replaceAll('\r\n', '\n').trim()}\n`;
}
