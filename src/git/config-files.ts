import { createHash } from 'node:crypto';
import os from 'node:os';
import path from 'node:path';
import { readCarefully } from '../files/careful-read.ts';
import { isWithin, realPathOf } from '../files/work-tree.ts';
import { attributeValues, executedAmong, filesNamed, includedFiles } from './config-values.ts';
import type { ConfigValue } from './config-values.ts';
import type { Place } from './place.ts';

/** What git would execute: values of its configuration, attributes that put them to work, and programs of theirs that agents can write. */
export function executedIn(values: readonly ConfigValue[], place: Place): ConfigValue[] {
  const attributes = attributeFiles(values, place).flatMap((file) =>
    attributeValues(readCarefully(file, { followLinks: true })?.toString() ?? '', file),
  );
  const executed = executedAmong(values);
  const programs = programsWithin(executed, place)
    .map(({ key, file }) => ({ key: `the program of ${key}`, value: hashOf(file), origin: file }))
    .filter(({ value }) => value !== NOTHING);
  return [...executed, ...attributes, ...programs];
}

/** Every file that a value comes from or may come from, there or not, and of which one depends. git names them from the work tree's top. */
export function filesOf(values: readonly ConfigValue[], place: Place): string[] {
  const { gitDir, commonDir, top } = place;
  const { GIT_CONFIG_GLOBAL: global } = process.env;
  const fixed = [path.join(commonDir, 'config'), path.join(gitDir, 'config.worktree')];
  const personal =
    global === undefined ? [path.join(configHome(), 'config'), path.join(os.homedir(), '.gitconfig')] : [global];
  const origins = values.filter(({ origin }) => !/^[a-z ]+:/.test(origin)).map(({ origin }) => origin);
  const included = includedFiles(values).map(({ file, from }) => resolved(file, path.resolve(top, path.dirname(from))));
  // Which files are included may depend on the branch.
  const head = values.some(({ key }) => /^includeif\.onbranch:/i.test(key)) ? [path.join(gitDir, 'HEAD')] : [];
  const programs = programsWithin(executedAmong(values), place).map(({ file }) => file);
  const all = [...fixed, ...personal, ...origins, ...included, ...attributeFiles(values, place), ...head, ...programs];
  return [...new Set(all.map((file) => path.resolve(top, file)))];
}

const NOTHING = 'none';

/** What cannot be read has a hash of its own: a file that becomes a pipe has changed. */
export function hashOf(file: string): string {
  const bytes = readCarefully(file, { followLinks: true });
  return bytes === null ? NOTHING : createHash('sha256').update(bytes).digest('hex');
}

/** Files of the work tree, there or not, that a command of the configuration names: whoever writes them decides what is run. */
function programsWithin(executed: readonly ConfigValue[], { top }: Place): { key: string; file: string }[] {
  return executed.flatMap((value) =>
    filesNamed(value)
      .map((word) => resolved(word, top))
      .filter((file) => isWithin(realPathOf(file), top))
      .map((file) => ({ key: value.key, file })),
  );
}

function attributeFiles(values: readonly ConfigValue[], { commonDir, top }: Place): string[] {
  const configured = values.filter(({ key }) => key === 'core.attributesfile').map(({ value }) => resolved(value, top));
  const personal = configured.length > 0 ? configured : [path.resolve(top, configHome(), 'attributes')];
  return [path.join(commonDir, 'info/attributes'), ...personal];
}

function configHome(): string {
  const given = process.env['XDG_CONFIG_HOME'];
  return path.join(given !== undefined && given !== '' ? given : path.join(os.homedir(), '.config'), 'git');
}

function resolved(file: string, folder: string): string {
  return path.resolve(folder, file.startsWith('~/') ? path.join(os.homedir(), file.slice(2)) : file);
}
