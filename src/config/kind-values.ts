import { parsePairs } from '../core/pairs.ts';
import { camel, type Field, type Kind } from './kinds.ts';
import { ownValue } from '../core/own-value.ts';

/** A value as a file has it, which was checked, as the settings have it; null stays null. */
export function toSetting(kind: Kind, value: unknown): unknown {
  if (value === null || value === undefined) return null;
  switch (kind.is) {
    case 'opposite':
      return value !== true;
    case 'pairs': {
      const read = parsePairs(value as string);
      if ('error' in read) throw new Error(`a list of pairs was not checked: ${read.error}`);
      return read.pairs;
    }
    case 'list':
      return (value as unknown[]).map((entry) => toSetting(kind.of, entry));
    case 'map':
      return mapEntries(value, (name, entry) => [name, toSetting(kind.of, entry)]);
    case 'mapping': {
      const given = value as Record<string, unknown>;
      const fields = Object.entries<Field>(kind.of);
      return Object.fromEntries(
        fields.map(([name, field]) => [camel(name), toSetting(field.kind, ownValue(given, name) ?? field.default)]),
      );
    }
    case 'either':
      return toSetting(kindOf(kind.of, value), value);
    default:
      return value;
  }
}

/** The way back: what a file would have to say for this setting. */
export function toFile(kind: Kind, setting: unknown): unknown {
  if (setting === null || setting === undefined) return null;
  switch (kind.is) {
    case 'opposite':
      return setting !== true;
    case 'pairs':
      return (setting as string[]).join(',');
    case 'list':
      return (setting as unknown[]).map((entry) => toFile(kind.of, entry));
    case 'map':
      return mapEntries(setting, (name, entry) => [name, toFile(kind.of, entry)]);
    case 'mapping': {
      const held = setting as Record<string, unknown>;
      const fields = Object.entries<Field>(kind.of);
      return Object.fromEntries(fields.map(([name, field]) => [name, toFile(field.kind, ownValue(held, camel(name)))]));
    }
    case 'either':
      return toFile(kindOf(kind.of, setting), setting);
    default:
      return setting;
  }
}

/** Which of two kinds a value is of: they differ in what JSON calls it. */
function kindOf([one, other]: readonly [Kind, Kind], value: unknown): Kind {
  return jsonTypeOf(one) === (Array.isArray(value) ? 'array' : typeof value) ? one : other;
}

function jsonTypeOf(kind: Kind): string {
  switch (kind.is) {
    case 'text':
    case 'choice':
    case 'pairs':
      return 'string';
    case 'flag':
    case 'opposite':
      return 'boolean';
    case 'number':
      return 'number';
    case 'argv':
    case 'list':
      return 'array';
    default:
      return 'object';
  }
}

function mapEntries(value: unknown, change: (name: string, entry: unknown) => [string, unknown]) {
  return Object.fromEntries(Object.entries(value as object).map(([name, entry]) => change(name, entry)));
}
