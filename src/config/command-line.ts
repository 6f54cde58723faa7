import type { TypedPart } from './agents.ts';
import type { KeyRow } from './key-row.ts';
import { CONFIG_KEYS, type ConfigKey } from './keys.ts';
import { EFFORT, type FileValue, MODEL } from './kinds.ts';
import type { Source } from './lookup.ts';
import { nest } from './layer-values.ts';

type WithOption = Extract<(typeof CONFIG_KEYS)[number], { option: unknown }>;

/**
 * The options that speak about settings, already checked as options, under their names in code; absent or undefined: not
 * given. Pairs are the list as it was typed.
 */
export type CommandLineOptions = {
  readonly [R in WithOption as AttributeOf<R['option']['flags']>]?: FileValue<R['kind']> | undefined;
} & {
  readonly phaseId?: string | undefined;
  /** For the agent in force, like `modelEffort`. */
  readonly model?: string | undefined;
  readonly modelEffort?: string | undefined;
  /** False: `evidence.mode` is off. */
  readonly checks?: boolean | undefined;
};

type AttributeOf<Flags> = Flags extends `--${infer Name} <${string}>`
  ? Joined<Name>
  : Flags extends `--${infer Name}`
    ? Joined<Name>
    : never;
type Joined<Name extends string> = Name extends `${infer Head}-${infer Tail}`
  ? `${Head}${Capitalize<Joined<Tail>>}`
  : Name;

/** A key with its option. */
export type OptionRow = KeyRow & { readonly key: ConfigKey; readonly option: NonNullable<KeyRow['option']> };

/** The rows that have an option, in the order in which the help shows them. */
export const OPTION_ROWS: readonly OptionRow[] = CONFIG_KEYS.filter((row): row is WithOption => 'option' in row);

/** `--auto-followup`, without what stands for its value. */
function longName({ option }: OptionRow): string {
  return option.flags.split(' ', 1).join('');
}

/** The name of an option in code: `autoFollowup`. */
export function attributeOf(row: OptionRow): keyof CommandLineOptions {
  const name = longName(row).slice(2);
  return name.replace(/-([a-z])/g, (_, first: string) => first.toUpperCase()) as keyof CommandLineOptions;
}

/** The options for the agent in force, whichever that is: they set its keys, and are no keys themselves. */
export const AGENT_OPTIONS = [
  { option: '--model', attribute: 'model', part: 'model', value: '<name>', kind: MODEL, help: 'model of the agent' },
  {
    option: '--model-effort',
    attribute: 'modelEffort',
    part: 'effort',
    value: '<level>',
    kind: EFFORT,
    help: 'how hard the agent thinks',
  },
] as const;

/** The options as the strongest layer, with those for the agent in force under the keys that they set. */
export function commandLineSource(options: CommandLineOptions, typed: readonly TypedPart[]): Source {
  const given = OPTION_ROWS.filter((row) => options[attributeOf(row)] !== undefined);
  const own = given.map(
    (row) => [row.key, valueOf(row, options[attributeOf(row)]), typedName(row, options[attributeOf(row)])] as const,
  );
  const agents = typed.flatMap(({ option, part, keys }) =>
    keys.map((key) => [key, part === 'model' ? options.model : options.modelEffort, option] as const),
  );
  const unchecked = options.checks === false ? [['evidence.mode', 'off', '--no-checks'] as const] : [];
  const all = [...own, ...agents, ...unchecked];
  const names = new Map<ConfigKey, string>(all.map(([key, , name]) => [key, name]));
  const values = Object.fromEntries(all.map(([key, value]) => [key, value]));
  const name = (key: ConfigKey) => names.get(key) ?? 'the command line';
  return { values: nest(values), origin: name, place: name, typed: true };
}

/** As a file would say it. */
function valueOf({ kind }: OptionRow, value: unknown): unknown {
  return kind.is === 'opposite' ? value !== true : value;
}

/** The option as it was given. */
function typedName(row: OptionRow, value: unknown): string {
  return value === false ? longName(row).replace('--', '--no-') : longName(row);
}
