import { PAIRS_ACCEPTED } from '../core/pairs.ts';
import type { Pair } from '../core/vocabulary.ts';

/**
 * What a key of a configuration may hold, as plain data: the schema of files, the schema of logs, the options and the
 * documents are read off it, and a program that only prints its help need not load a validator. `accepted` completes a
 * sentence that begins with "accepted".
 */
export type Kind =
  /** `isLogged`: it is used as the log of a run has it, which hides secrets. */
  | { readonly is: 'text'; readonly pattern: RegExp; readonly accepted: string; readonly isLogged?: true }
  | { readonly is: 'flag'; readonly accepted: string }
  /** True in a file is false in the settings, and with its option. */
  | { readonly is: 'opposite'; readonly accepted: string }
  | (Bounds & { readonly is: 'number'; readonly accepted: string })
  | { readonly is: 'choice'; readonly of: readonly string[]; readonly accepted: string }
  /** A comma list of pairs. */
  | { readonly is: 'pairs'; readonly accepted: string }
  /** A program with its arguments. */
  | { readonly is: 'argv'; readonly placeholders: readonly string[]; readonly accepted: string }
  /** `unique`: the name of the key of its mappings that no two of them may share. */
  | { readonly is: 'list'; readonly of: Kind; readonly unique?: string; readonly accepted: string }
  /** Names that the file chooses, each with a value. */
  | { readonly is: 'map'; readonly names: RegExp; readonly of: Kind; readonly accepted: string }
  /** An entry of a list or of a map that is itself a mapping. */
  | { readonly is: 'mapping'; readonly of: Fields; readonly accepted: string }
  | { readonly is: 'either'; readonly of: readonly [Kind, Kind]; readonly accepted: string };

/** `least` and `most` are accepted themselves, `above` is not. */
interface Bounds {
  readonly whole: boolean;
  readonly least?: number;
  readonly above?: number;
  readonly most?: number;
}

/** A key of a mapping within a list or map. Without a default it may be left out and is null, unless it is required. */
export interface Field {
  readonly kind: Kind;
  readonly default: unknown;
  readonly required: boolean;
  readonly meaning: string;
}
export type Fields = Readonly<Record<string, Field>>;

/** The value of a kind as a file has it. */
export type FileValue<K> = K extends { is: 'text' | 'pairs' }
  ? string
  : K extends { is: 'flag' | 'opposite' }
    ? boolean
    : K extends { is: 'number' }
      ? number
      : K extends { is: 'choice'; of: readonly (infer Word)[] }
        ? Word
        : K extends { is: 'argv' }
          ? readonly string[]
          : K extends { is: 'list'; of: infer Of }
            ? readonly FileValue<Of>[]
            : K extends { is: 'map'; of: infer Of }
              ? Readonly<Record<string, FileValue<Of>>>
              : K extends { is: 'mapping'; of: infer Of }
                ? { readonly [Name in keyof Of]?: FileValue<KindOf<Of[Name]>> | null }
                : K extends { is: 'either'; of: readonly (infer Of)[] }
                  ? FileValue<Of>
                  : never;

/** The value of a kind as the settings have it: pairs as a list, the names of a mapping's keys in the words of code. */
export type SettingValue<K> = K extends { is: 'pairs' }
  ? readonly Pair[]
  : K extends { is: 'list'; of: infer Of }
    ? readonly SettingValue<Of>[]
    : K extends { is: 'map'; of: infer Of }
      ? Readonly<Record<string, SettingValue<Of>>>
      : K extends { is: 'mapping'; of: infer Of }
        ? { readonly [Name in keyof Of as Camel<Name & string>]: FieldValue<Of[Name]> }
        : K extends { is: 'either'; of: readonly (infer Of)[] }
          ? SettingValue<Of>
          : FileValue<K>;

type KindOf<F> = F extends { kind: infer K } ? K : never;
type FieldValue<F> = SettingValue<KindOf<F>> | (F extends { required: false; default: null } ? null : never);

/** `held_back` as `heldBack`. */
export type Camel<Name extends string> = Name extends `${infer Head}_${infer Tail}`
  ? `${Head}${Capitalize<Camel<Tail>>}`
  : Name;

export function camel(name: string): string {
  return name.replace(/_([a-z0-9])/g, (_, first: string) => first.toUpperCase());
}

/** Something readable, and without NUL, which no argument of a process can carry. */
export const TEXT = text(/^[^\0]*[^\s\0][^\0]*$/, 'non-empty string');
/** A command that a run takes from its log: with a secret in it, another one would be run. */
export const LOGGED_COMMAND = { ...TEXT, isLogged: true } as const satisfies Kind;
/** Which models there are is the agent's business: only what cannot be a name, or would be taken for an option, is refused. */
export const MODEL = text(/^[^\s\p{C}-][^\s\p{C}]*$/u, "a model's name, without white space and not beginning with -");
/** What an agent offers for a session goes by names of its own: `Default (recommended)`, `$runtime|openai|name`. */
export const SESSION_CHOICE = text(/^[^\p{Cc}\s](?:[^\p{Cc}]{0,254}[^\p{Cc}\s])?$/u, 'a name that the agent offers');
/** Which efforts a model has is the agent's business, too. */
export const EFFORT = text(/^[a-z][a-z0-9_-]{0,31}$/, 'a word such as low or high, in lower-case letters');
export const FLAG = { is: 'flag', accepted: 'true or false' } as const satisfies Kind;
export const OPPOSITE = { is: 'opposite', accepted: 'true or false' } as const satisfies Kind;
export const MINUTES = number({ above: 0 }, '(minutes)');
export const PAIR_LIST = { is: 'pairs', accepted: PAIRS_ACCEPTED } as const satisfies Kind;

/** Where something stands in JSON. */
export function dottedPath(example: string) {
  return text(/^[^.\s]+(\.[^.\s]+)*$/, `dotted path, such as ${example}`);
}

/** A string of this form. */
export function text(pattern: RegExp, accepted: string) {
  return { is: 'text', pattern, accepted } as const satisfies Kind;
}

/** A number, fractions allowed. `unit` is said in messages: `(minutes)`. */
export function number(bounds: Omit<Bounds, 'whole'>, unit = '') {
  return { is: 'number', whole: false, ...bounds, accepted: range('number', bounds, unit) } as const satisfies Kind;
}

/** A whole number. */
export function integer(bounds: Omit<Bounds, 'whole'>, unit = '') {
  return { is: 'number', whole: true, ...bounds, accepted: range('integer', bounds, unit) } as const satisfies Kind;
}

/** One of these words. */
export function choice<const Words extends readonly [string, ...string[]]>(...of: Words) {
  const accepted = [of.slice(0, -1).join(', '), of.at(-1) ?? ''].filter((part) => part !== '').join(' or ');
  return { is: 'choice', of, accepted } as const satisfies Kind;
}

/** A program with its arguments; `placeholders` are the names that may stand in braces. */
export function argv(...placeholders: readonly string[]) {
  return { is: 'argv', placeholders, accepted: 'list of strings, the program first' } as const satisfies Kind;
}

/** A list; `accepted` says of what: `list of globs`. */
export function list<const Of extends Kind>(of: Of, accepted: string, unique?: string): Holder<'list', Of> {
  return { is: 'list', of, accepted, ...(unique === undefined ? {} : { unique }) };
}

/** A mapping whose names the file chooses. */
export function map<const Of extends Kind>(
  names: RegExp,
  of: Of,
  accepted: string,
): Holder<'map', Of> & { readonly names: RegExp } {
  return { is: 'map', names, of, accepted };
}

/** A mapping with these keys, as an entry of a list or map. */
export function mapping<const Of extends Fields>(of: Of): Holder<'mapping', Of> {
  return { is: 'mapping', of, accepted: `a mapping with the keys ${Object.keys(of).join(', ')}` };
}

/** Either of two kinds that no value can be both of. */
export function either<const One extends Kind, const Other extends Kind>(
  one: One,
  other: Other,
): Holder<'either', readonly [One, Other]> {
  return { is: 'either', of: [one, other], accepted: `${one.accepted}, or ${other.accepted}` };
}

interface Holder<Is extends string, Of> {
  readonly is: Is;
  readonly of: Of;
  readonly accepted: string;
}

/** A key of a mapping that may be left out; `fallback` is what it then has, as a file would say it. */
export function field<const K extends Kind, const D>(kind: K, fallback: D, meaning: string): FieldOf<K, D, false> {
  return { kind, default: fallback, required: false, meaning };
}

/** A key without which the mapping is refused. */
export function needed<const K extends Kind>(kind: K, meaning: string): FieldOf<K, null, true> {
  return { kind, default: null, required: true, meaning };
}

interface FieldOf<K, D, Required extends boolean> {
  readonly kind: K;
  readonly default: D;
  readonly required: Required;
  readonly meaning: string;
}

function range(noun: string, { least, above, most }: Omit<Bounds, 'whole'>, unit: string): string {
  const from = least === undefined ? (above === undefined ? '' : ` > ${above}`) : ` >= ${least}`;
  const to = most === undefined ? '' : `${from === '' ? '' : ' and'} <= ${most}`;
  return `${noun}${from}${to}${unit === '' ? '' : ` ${unit}`}`;
}
