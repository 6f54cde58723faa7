import { lstat } from 'node:fs/promises';
import path from 'node:path';
import { Problem } from '../core/problem.ts';
import type { AgentName } from '../core/vocabulary.ts';
import { agentsIn } from './agent-names.ts';
import { type FollowedFile, readFollowing } from '../files/careful-read.ts';
import { isWithin, realPathOf } from '../files/work-tree.ts';
import { printable } from './found.ts';
import { readLayer, type LayerReading } from './layer.ts';
import type { Layer } from './layer-values.ts';
import { readYaml } from './yaml.ts';

/** The names of a configuration file; a directory may hold one of them. The last two are read for older set-ups only. */
export const CONFIG_FILE_NAMES = ['autoloop.yaml', 'autoloop.config', 'superloop.yaml', 'superloop.config'] as const;

/** Where files are looked for. `home` and `env` are the process's, passed in. */
export interface Surroundings {
  /** Absolute path of the workspace root. */
  readonly workspace: string;
  readonly home: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * The layers of the user's directory and of the workspace, in this order; a directory without a file gives none.
 * Throws one Problem with every problem of all the files.
 */
export async function loadLayers(surroundings: Surroundings): Promise<Layer[]> {
  const own = userFolder(surroundings);
  const texts: FileText[] = await agentsOwn(surroundings);
  for (const directory of configDirectories(surroundings)) texts.push(...(await readDirectory(directory, own)));
  const readings = texts.map((text) => readingOf(text, null));
  if (readings.some((reading) => 'problems' in reading)) refuse(texts);
  return readings.flatMap((reading) => ('layer' in reading ? [reading.layer] : []));
}

/** Names all that is wrong at once, with what else would only be seen when all files can be read: names that nobody has. */
function refuse(texts: readonly FileText[]): never {
  const files = texts.map((each) => ('text' in each ? readYaml(each.text).value : undefined));
  // What a file that cannot be read would have named, nobody knows.
  const agents = files.includes(undefined) ? null : agentsIn(files);
  const readings = texts.map((text) => readingOf(text, agents));
  const problems = readings.flatMap((reading) => ('problems' in reading ? reading.problems : []));
  throw new Problem('configuration', problems.join('\n'), 'Correct the configuration; nothing was started.');
}

/** A configuration file's text, or why there is none. */
type FileText =
  { readonly file: string; readonly text: string; readonly ownFolder: string | null } | { readonly problem: string };

function readingOf(found: FileText, agents: readonly AgentName[] | null): LayerReading {
  if ('problem' in found) return { problems: [found.problem] };
  return readLayer(found.file, found.text, { ownFolder: found.ownFolder, agents });
}

/**
 * The configuration file of a folder that may be written: its path, and the text that it holds; null where there is none yet. Throws
 * a Problem where there are two, an older name, a link, or something that is no text.
 */
export async function writableConfigFile(
  folder: string,
): Promise<{ readonly file: string; readonly text: string | null }> {
  const refuse = (line: string): never => {
    throw new Problem('configuration', line, 'Nothing was written.');
  };
  const present = await presentIn(folder);
  if ('problem' in present) return refuse(present.problem);
  const [file = path.join(folder, CONFIG_FILE_NAMES[0]), more] = present.files;
  if (present.files.length === 0) return { file, text: null };
  if (more !== undefined) return refuse(severalFiles(folder, present.files));
  if (path.basename(file).startsWith('superloop')) {
    return refuse(`${printable(file)}: found an older name; accepted: ${CONFIG_FILE_NAMES[0]}, so rename it first`);
  }
  if (!(await lstat(file)).isFile())
    return refuse(`${printable(file)}: found a link or no regular file; accepted: a YAML file`);
  const found = textIn(file);
  return 'problem' in found ? refuse(found.problem) : { file, text: found.text };
}

/** The directories that may hold a configuration file, the weaker first. Spec: config.md. */
export function configDirectories(surroundings: Surroundings): string[] {
  const own = userFolder(surroundings);
  return [...new Set([...(own === null ? [] : [own]), surroundings.workspace])];
}

/** The folder of the user's own configuration; null without a home, and where agents write it, too. */
function userFolder(surroundings: Surroundings): string | null {
  const folder = namedFolder(surroundings);
  return folder === null || isTheirs(folder, surroundings) ? null : folder;
}

function namedFolder({ home, env }: Surroundings): string | null {
  const chosen = env['XDG_CONFIG_HOME'] ?? '';
  const base = path.isAbsolute(chosen) ? chosen : path.join(home, '.config');
  return path.isAbsolute(base) ? path.join(base, 'autoloop') : null;
}

function isTheirs(folder: string, { workspace }: Surroundings): boolean {
  return isWithin(realPathOf(folder), realPathOf(workspace));
}

/** What stands where the user's own configuration would, within the workspace: nobody can tell who wrote it. */
async function agentsOwn(surroundings: Surroundings): Promise<FileText[]> {
  const folder = namedFolder(surroundings);
  if (folder === null || folder === surroundings.workspace || !isTheirs(folder, surroundings)) return [];
  const found = await presentIn(folder);
  if ('problem' in found) return [found];
  const accepted = 'a configuration of your own outside the workspace (XDG_CONFIG_HOME), or one of the workspace in it';
  return found.files.map((file) => ({
    problem: `${printable(file)}: found your own configuration within the workspace, where agents write; accepted: ${accepted}`,
  }));
}

async function readDirectory(directory: string, own: string | null): Promise<FileText[]> {
  const found = await presentIn(directory);
  if ('problem' in found) return [found];
  const [file, more] = found.files;
  if (file === undefined) return [];
  if (more !== undefined) return [{ problem: severalFiles(directory, found.files) }];
  const read = textIn(file);
  return [
    'problem' in read ? read : { file, text: read.text, ownFolder: directory === own ? null : (own ?? 'your home') },
  ];
}

/** The configuration files of a folder. */
async function presentIn(directory: string): Promise<{ readonly files: string[] } | { readonly problem: string }> {
  const files: string[] = [];
  for (const name of CONFIG_FILE_NAMES) {
    const file = path.join(directory, name);
    try {
      await lstat(file);
      files.push(file);
    } catch (error) {
      if (!isAbsence(error)) return { problem: unreadable(file, error) };
    }
  }
  return { files };
}

function severalFiles(directory: string, files: readonly string[]): string {
  const names = files.map((each) => path.basename(each)).join(' and ');
  return `${printable(directory)}: found ${names}; accepted: one configuration file in a directory`;
}

function notText(file: string): string {
  return `${printable(file)}: found bytes that are not UTF-8; accepted: a YAML file in UTF-8`;
}

/** As of every document of a person's that is read whole. */
const MOST_BYTES = 10_000_000;

/** People keep this file behind links, so these are followed; whatever they lead to, nothing is waited for, and little read. */
function textIn(file: string): { readonly text: string } | { readonly problem: string } {
  let found: FollowedFile;
  try {
    found = readFollowing(file, MOST_BYTES);
  } catch (error) {
    return { problem: unreadable(file, error) };
  }
  if (found === 'no_file') {
    return { problem: `${printable(file)}: found something that is not a regular file; accepted: a YAML file` };
  }
  if ('tooLarge' in found) {
    return { problem: `${printable(file)}: found ${found.tooLarge} bytes; accepted: a YAML file of at most 10 MB` };
  }
  const text = decode(found.bytes);
  return text === null ? { problem: notText(file) } : { text };
}

/** Null when the bytes are not UTF-8. A byte order mark is dropped. */
function decode(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    // Decoding fails for this reason only.
    return null;
  }
}

/** No such file, or no such directory: a HOME such as /dev/null is common for service accounts. */
function isAbsence(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR'].includes(codeOf(error));
}

function unreadable(file: string, error: unknown): string {
  const why = codeOf(error) === 'ENOENT' ? 'a link to nothing' : `a file that cannot be read (${codeOf(error)})`;
  return `${printable(file)}: found ${why}; accepted: a readable YAML file`;
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
