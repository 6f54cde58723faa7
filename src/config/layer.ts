import type * as z from 'zod';
import { AGENT_NAME, type AgentName } from '../core/vocabulary.ts';
import { acceptedNames, NAMING_KEYS } from './agent-names.ts';
import { describeFound, printable, shorten } from './found.ts';
import { describeKey, namesBelow, patternOf } from './described.ts';
import type { KeyRow } from './key-row.ts';
import { CONFIG_KEYS, type ConfigKey } from './keys.ts';
import { FLAG } from './kinds.ts';
import { nearestKey } from './nearest.ts';
import { type Layer, type LayerValues, valueAt } from './layer-values.ts';
import { follow } from '../core/own-value.ts';
import { layerSchema } from './schema.ts';
import { readYaml, type Trouble, type YamlReading } from './yaml.ts';

/** A layer, or every problem of the file: one line each, in the order of the file. */
export type LayerReading = { readonly layer: Layer } | { readonly problems: readonly string[] };

/** What a file is read with beside its text. */
export interface LayerPlace {
  /** Where the keys belong that only the user's own file may set; null: in this file. */
  readonly ownFolder: string | null;
  /** Who may play, by all files; null: that is for whoever has read them all. */
  readonly agents: readonly AgentName[] | null;
}

const ALONE: LayerPlace = { ownFolder: null, agents: null };

/** Reads the text of a configuration file. `file` is its path, for messages and origins. */
export function readLayer(file: string, text: string, { ownFolder, agents }: LayerPlace = ALONE): LayerReading {
  const yaml = readYaml(text);
  const checked = layerSchema().safeParse(yaml.value ?? {});
  const troubles = [...yaml.troubles];
  if (yaml.value !== undefined) {
    for (const issue of checked.error?.issues ?? []) troubles.push(...troublesOf(issue, yaml));
    troubles.push(...legacyBesideClaude(yaml));
    if (ownFolder !== null) troubles.push(...misplacedKeys(yaml, ownFolder));
    if (agents !== null) troubles.push(...strangers(yaml, agents));
  }
  if (!checked.success || troubles.length > 0) return { problems: linesOf(file, troubles) };
  return { layer: { file, values: checked.data, places: placesOf(file, checked.data, yaml) } };
}

function linesOf(file: string, troubles: readonly Trouble[]): string[] {
  const inOrder = troubles.toSorted((a, b) => a.at.line - b.at.line || a.at.column - b.at.column);
  const lines = inOrder.map(({ at, key, text }) => {
    const what = key === null ? text : `${shorten(key)}: ${text}`;
    return printable(`${file}:${at.line}:${at.column}: ${what}`); // The library's words quote the file, too.
  });
  // One value may break a rule twice, or two rules that accept the same.
  return [...new Set(lines)];
}

function troublesOf(issue: z.core.$ZodIssue, yaml: YamlReading): Trouble[] {
  if (issue.code === 'unrecognized_keys') return issue.keys.map((name) => unknownKey(issue.path, name, yaml));
  const key = issue.path.length === 0 ? null : issue.path.join('.');
  const at = yaml.locate(issue.path);
  if (issue.code === 'invalid_key') return [freeName(issue.path, yaml)];
  if (issue.code === 'custom') return [{ at, key, text: `found ${issue.message}` }];
  const value = follow(yaml.value, issue.path);
  const wantsText = issue.code === 'invalid_type' && issue.expected === 'string';
  const found = `${describeFound(value)}${noteOn(value, wantsText, patternOf(issue.path))}`;
  return [{ at, key, text: `found ${found}; accepted: ${acceptedAt(issue.path)}` }];
}

function unknownKey(section: readonly PropertyKey[], name: string, yaml: YamlReading): Trouble {
  const dotted = patternOf(section);
  const nesting = name.includes('.') ? ' (keys are nested mappings, not dotted names)' : '';
  return {
    at: yaml.locate([...section, name], 'key'),
    key: [...section, name === '' ? '""' : name].join('.'),
    text: `found an unknown key${nesting}; nearest known key: ${nearestKey(dotted, name)}; accepted: ${namesBelow(dotted).join(', ')}`,
  };
}

/** A name that the file chooses, of a form that is not accepted. */
function freeName(path: readonly PropertyKey[], yaml: YamlReading): Trouble {
  const text = `found the name ${describeFound(path.at(-1))}; accepted: ${acceptedAt(path.slice(0, -1))}`;
  return { at: yaml.locate(path, 'key'), key: path.join('.'), text };
}

function noteOn(value: unknown, wantsText: boolean, pattern: string): string {
  const isFlag = describeKey(pattern)?.type === FLAG.accepted;
  if (isFlag && typeof value === 'string' && /^(?:y|yes|on|n|no|off)$/i.test(value)) {
    return `, since YAML 1.2 reads ${value} as a string`;
  }
  return wantsText && ['number', 'boolean'].includes(typeof value) ? ', which quotes make a string' : '';
}

/** What is accepted at a path: for an element of a list, what the list accepts. */
function acceptedAt(path: readonly PropertyKey[]): string {
  for (let length = path.length; length > 0; length--) {
    const described = describeKey(patternOf(path.slice(0, length)));
    if (described !== null) return described.type;
  }
  return `a mapping with the keys ${namesBelow(patternOf(path)).join(', ')}`;
}

/** The older flat keys speak of Codex, so a file that chooses Claude cannot mean them. Spec: config.md. */
function legacyBesideClaude(yaml: YamlReading): Trouble[] {
  if (valueAt(yaml.value, 'provider.name') !== 'claude') return [];
  return CONFIG_KEYS.flatMap((row) => {
    if (!('olderNameOf' in row)) return [];
    const { key } = row;
    if ((valueAt(yaml.value, key) ?? null) === null) return [];
    const instead = key === 'provider.model' ? 'provider.claude.model' : 'provider.claude.effort';
    const text = `found a key for Codex beside provider.name: claude; accepted: ${instead}`;
    return [{ at: yaml.locate(key.split('.'), 'key'), key, text }];
  });
}

/** Names that a role may not give, of a form that it may. */
function strangers(yaml: YamlReading, agents: readonly AgentName[]): Trouble[] {
  return NAMING_KEYS.flatMap((key) => {
    const name = valueAt(yaml.value, key);
    if (typeof name !== 'string' || !AGENT_NAME.test(name) || agents.includes(name)) return [];
    const text = `found ${describeFound(name)}; accepted: ${acceptedNames(agents)}`;
    return [{ at: yaml.locate(key.split('.')), key, text }];
  });
}

/** What an agent could write into the workspace's file must not start a program or lift a limit. */
export function misplacedKeys(yaml: YamlReading, ownFolder: string, rows: readonly KeyRow[] = CONFIG_KEYS): Trouble[] {
  const misplaced = rows.filter((row) => row.owner === 'user' && (valueAt(yaml.value, row.key) ?? null) !== null);
  return misplaced.map(({ key }) => ({
    at: yaml.locate(key.split('.'), 'key'),
    key,
    text: `found in the workspace, where agents can write; accepted: in your own configuration, in ${ownFolder}`,
  }));
}

function placesOf(file: string, values: LayerValues, yaml: YamlReading): Map<ConfigKey, string> {
  const set = CONFIG_KEYS.filter(({ key }) => (valueAt(values, key) ?? null) !== null);
  return new Map(
    set.map(({ key }) => {
      const { line, column } = yaml.locate(key.split('.'));
      return [key, `${printable(file)}:${line}:${column}`];
    }),
  );
}
