import { createHash } from 'node:crypto';
import path from 'node:path';
import { readLayer } from '../config/layer.ts';
import { CONFIG_FILE_NAMES } from '../config/load.ts';
import { Problem } from '../core/problem.ts';
import { readCarefully } from '../files/careful-read.ts';
import { lookAt } from '../files/door.ts';
import { openMachineFolder } from '../files/machine-folder.ts';
import { remove, withFolder } from '../files/folders.ts';
import { realPathOf } from '../files/work-tree.ts';
import { readLine, writeLine } from '../store/line-file.ts';

/** The configuration of a workspace as a turn finds and leaves it: what appeared meanwhile is an agent's. */
export interface ConfigurationWatch {
  begin(): void;
  /** The name of the file that an agent changed, made or removed; null: none. */
  end(): string | null;
}

/** What a workspace's configuration file holds. */
interface Content {
  readonly name: string;
  /** Null: there is none, or something that cannot be read. */
  readonly text: string | null;
  readonly hash: string;
}

/** Kept where no agent writes. */
interface Record {
  /** As it was when the turn began that has not ended; null: none is under way. */
  readonly open: Omit<Content, 'name'> | null;
  /** Contents that agents wrote, by hash, each with what it took the place of. */
  readonly agents: readonly { readonly hash: string; readonly was: string | null }[];
}

const NOTHING: Record = { open: null, agents: [] };
/** More than anybody needs to go back to. */
const MOST_KEPT = 50;

export function watchConfiguration(workspace: string, machine: string): ConfigurationWatch {
  return {
    begin() {
      const { text, hash } = contentIn(workspace);
      write(machine, { ...read(machine), open: { text, hash } });
    },
    end() {
      const known = read(machine);
      const now = contentIn(workspace);
      const { open } = known;
      const isEdited = open !== null && open.hash !== now.hash;
      const agents = isEdited ? [...known.agents, { hash: now.hash, was: open.text }].slice(-MOST_KEPT) : known.agents;
      write(machine, { open: null, agents });
      return isEdited ? now.name : null;
    },
  };
}

/** After the last turn: where no agent wrote a configuration there is nothing to know. */
export function forgetConfiguration(machine: string): void {
  const { open, agents } = read(machine);
  if (open === null && agents.length === 0) remove(fileIn(machine));
}

/** What stands there is a person's from now on. */
export function takeConfiguration(workspace: string): void {
  const machine = openMachineFolder(workspace);
  if (machine !== null) refuseAgentsConfiguration(workspace, machine, true);
}

/** `refuseAgentsConfiguration` by what this machine knows; where that cannot be kept, nothing is known. */
export function requireOwnConfiguration(workspace: string, accept: boolean): void {
  const machine = openMachineFolder(workspace);
  if (machine !== null) refuseAgentsConfiguration(workspace, machine, accept);
}

/**
 * Refuses settings that an agent wrote, with the keys that differ; `accept` takes them as a person's from now on. What changed in a turn
 * of which the end was not seen counts as an agent's. Throws a Problem of kind `configuration`.
 */
export function refuseAgentsConfiguration(workspace: string, machine: string, accept: boolean): void {
  const refusal = agentsConfiguration(workspace, machine);
  if (refusal !== null && !accept) throw refusal;
  const known = read(machine);
  if (known.open === null && refusal === null) return;
  const { hash } = contentIn(workspace);
  write(machine, { open: null, agents: known.agents.filter((one) => one.hash !== hash) });
}

/** Why a start refuses the settings of a workspace, going by what its machine's folder holds; null: it does not. Writes nothing. */
export function agentsConfiguration(workspace: string, machine: string): Problem | null {
  const known = read(machine);
  const { name, text, hash } = contentIn(workspace);
  const unseen = known.open !== null && known.open.hash !== hash ? [{ hash, was: known.open.text }] : [];
  const edit = [...known.agents, ...unseen].findLast((one) => one.hash === hash);
  if (edit === undefined) return null;
  const keys = differing(edit.was, text);
  const what = keys.length === 0 ? 'what it sets is the same' : `it differs in ${keys.join(', ')}`;
  return new Problem(
    'configuration',
    `${path.join(workspace, name)} is as an agent left it during a turn, and settings are yours to make: ${what}`,
    'Put the file back (git checkout, or delete it), or start with --accept-config to take it as it is.',
  );
}

function contentIn(workspace: string): Content {
  const found = CONFIG_FILE_NAMES.flatMap((name) => {
    const text = textOf(path.join(workspace, name));
    // A link that appears or leads elsewhere is another file, though it may hold the same today.
    return text === null ? [] : [{ name, text, ...linkOf(path.join(workspace, name)) }];
  });
  const hash = createHash('sha256').update(JSON.stringify(found)).digest('hex');
  return { name: found[0]?.name ?? CONFIG_FILE_NAMES[0], text: found[0]?.text ?? null, hash };
}

/** A person may keep the file behind a link: what counts is what a start would read. */
function textOf(file: string): string | null {
  if (isAbsent(file)) return null;
  // A link to nothing, a pipe, a mountain: not the same as no file, and nothing that sets anything.
  return readCarefully(file, { followLinks: true })?.toString() ?? '';
}

function linkOf(file: string): { readonly to?: string } {
  const real = realPathOf(file);
  return real === path.join(realPathOf(path.dirname(file)), path.basename(file)) ? {} : { to: real };
}

function isAbsent(file: string): boolean {
  try {
    return lookAt(file) === null;
  } catch {
    return false;
  }
}

/** The dotted keys in which two configuration files differ. */
function differing(was: string | null, is: string | null): readonly string[] {
  const [before, after] = [valuesIn(was), valuesIn(is)];
  const keys = [...new Set([...before.keys(), ...after.keys()])].sort();
  return keys.filter((key) => before.get(key) !== after.get(key));
}

function valuesIn(text: string | null): ReadonlyMap<string, string> {
  const reading = readLayer('', text ?? '');
  return new Map('layer' in reading ? leaves(reading.layer.values, '') : []);
}

function leaves(values: unknown, prefix: string): [string, string][] {
  if (typeof values !== 'object' || values === null || Array.isArray(values)) return [[prefix, JSON.stringify(values)]];
  return Object.entries(values).flatMap(([name, value]) =>
    value === undefined ? [] : leaves(value, prefix === '' ? name : `${prefix}.${name}`),
  );
}

function read(machine: string): Record {
  try {
    const known = JSON.parse(readLine(fileIn(machine)) ?? 'null') as Partial<Record> | null;
    return { open: known?.open ?? null, agents: Array.isArray(known?.agents) ? known.agents : [] };
  } catch {
    return NOTHING; // Torn by a power cut: as good as none.
  }
}

/** Not synced: a power cut takes the agents along. */
function write(machine: string, record: Record): void {
  withFolder(machine, () => writeLine(fileIn(machine), JSON.stringify(record)));
}

function fileIn(machine: string): string {
  return path.join(machine, 'config.json');
}
