import { PAIRS_ACCEPTED } from '../core/pairs.ts';

/**
 * Every key of a configuration file, as docs/configuration.md, the messages about bad input and `--print-config` show it.
 * `type` completes a sentence that begins with "accepted". `default` is the value in force when no file sets the key
 * (null: unset). The schema holds the same keys; a test compares the two.
 */
export interface KeyDescription {
  readonly key: string;
  readonly type: string;
  readonly default: string | number | boolean | null;
  readonly meaning: string;
}

const TEXT = 'non-empty string';
const FLAG = 'true or false';
const MINUTES = 'number > 0 (minutes)';
const ARGV = 'list of strings, the program first';

const PROVIDER_KEYS = [
  key('provider.name', 'codex, claude, command or rehearsal', 'codex', 'Which agent works.'),
  key('provider.codex.model', TEXT, 'gpt-5.4', 'Model that Codex is started with.'),
  key(
    'provider.codex.model_effort',
    TEXT,
    null,
    'Reasoning effort of Codex: minimal, low, medium, high or xhigh. Unset: what Codex is configured for.',
  ),
  key(
    'provider.codex.sandbox',
    'workspace-write, bypass or inherit',
    'workspace-write',
    'What Codex may touch: the workspace, everything, or what its own configuration says.',
  ),
  key(
    'provider.codex.network_access',
    FLAG,
    false,
    'Whether commands in the workspace-write sandbox reach the network.',
  ),
  key('provider.claude.model', TEXT, null, 'Model that Claude is started with. Unset: what Claude is configured for.'),
  key(
    'provider.claude.effort',
    TEXT,
    null,
    'Effort that Claude is started with. Unset: what Claude is configured for.',
  ),
  key(
    'provider.claude.permission_strategy',
    'inherit, allow_core_tools or bypass',
    'inherit',
    "Claude's permissions: its own settings, those plus the core tools for files and commands, or no checks at all.",
  ),
  key(
    'provider.claude.stream',
    FLAG,
    false,
    "Whether Claude's output is streamed, so that progress shows while it works.",
  ),
  ...roleKeys('producer', 'the producer'),
  ...roleKeys('verifier', 'the verifier'),
  key(
    'provider.command.start',
    ARGV,
    null,
    'Command line that starts a conversation. Every argument may hold {{model}} and {{effort}}.',
  ),
  key(
    'provider.command.resume',
    ARGV,
    null,
    'Command line that goes on with the conversation {{session}}. Unset: every turn starts a new one.',
  ),
  key('provider.command.output', 'text, json or jsonl', 'text', 'What the command prints.'),
  key(
    'provider.command.answer',
    'dotted path, such as result.text',
    null,
    'Where the answer stands in the JSON that the command prints. Needed unless the output is text.',
  ),
  key(
    'provider.command.session',
    'dotted path, such as session.id',
    null,
    'Where the id of the conversation stands in the JSON. Needed where resume holds {{session}}.',
  ),
  key('provider.idle_timeout_minutes', MINUTES, 20, 'How long an agent may be silent before its turn is stopped.'),
  key('provider.turn_timeout_minutes', MINUTES, 120, 'How long a turn may take.'),
  key(
    'provider.max_wait_minutes',
    'number >= 0 (minutes)',
    0,
    'How long a run waits for a usage limit to be lifted before it pauses. 0: it pauses at once.',
  ),
  key('provider.model', TEXT, null, 'Older name of provider.codex.model; wins over it in the same file.'),
  key('provider.model_effort', TEXT, null, 'Older name of provider.codex.model_effort; wins over it in the same file.'),
] as const;

const RUNTIME_KEYS = [
  key('runtime.pairs', PAIRS_ACCEPTED, 'plan,implement,test,audit', 'Pairs that a run works, always in this order.'),
  key('runtime.max_iterations', 'integer >= 1', 15, 'Cycles that a pair may take, for each phase.'),
  key('runtime.phase_mode', 'single or up-to', 'single', 'Whether --phase-id means that phase or all up to it.'),
  key(
    'runtime.intent_mode',
    'replace, append or preserve',
    'preserve',
    'What a new intent does to the stored request of a task that exists.',
  ),
  key('runtime.full_auto_answers', FLAG, false, "Whether an agent answers the agents' questions."),
  key('runtime.no_git', FLAG, false, 'Whether runs go without commits.'),
  key('runtime.track_autoloop_artifacts', FLAG, true, "Whether checkpoints hold the task's files under .autoloop/."),
  key('runtime.auto_followup', FLAG, true, 'Whether gaps that the audit finds start a follow-up run.'),
  key('runtime.auto_followup_max_depth', 'integer >= 0', 3, 'How many follow-up runs a chain may have.'),
  key(
    'runtime.verifier_session',
    'shared or separate',
    'shared',
    'Whether the verifier shares the conversation of the producer or has its own.',
  ),
  key(
    'runtime.verifier_scope',
    'warn or strict',
    'warn',
    'Whether edits of a verifier outside its files are reported, or also cost it its verdict.',
  ),
  key('runtime.commit_everything', FLAG, false, 'Whether checkpoints hold every change in the workspace.'),
  key('runtime.max_turns', 'number > 0', null, 'Turns of agents after which a run pauses.'),
  key('runtime.max_minutes', MINUTES, null, 'Time after which a run pauses.'),
  key(
    'runtime.max_cost_usd',
    'number > 0 (US dollars)',
    null,
    'Cost, as far as agents report it, at which a run pauses.',
  ),
] as const;

export const CONFIG_KEYS = [...PROVIDER_KEYS, ...RUNTIME_KEYS] as const satisfies readonly KeyDescription[];

export type ConfigKey = (typeof CONFIG_KEYS)[number]['key'];

/** The value in force when no file sets the key, with its literal type. */
export type DefaultOf<K extends ConfigKey> = Extract<(typeof CONFIG_KEYS)[number], { key: K }>['default'];

/** The older flat keys, by the key that they stand for. */
export const LEGACY_KEYS = {
  'provider.codex.model': 'provider.model',
  'provider.codex.model_effort': 'provider.model_effort',
} as const satisfies Partial<Record<ConfigKey, ConfigKey>>;

/** A key under which a value is resolved: all but the older names. */
export type ResolvedKey = Exclude<ConfigKey, (typeof LEGACY_KEYS)[keyof typeof LEGACY_KEYS]>;

export function describeKey(dotted: string): KeyDescription | null {
  return CONFIG_KEYS.find((entry) => entry.key === dotted) ?? null;
}

/** The names accepted directly below a section (`''`: at the top of a file); empty for what is no section. */
export function namesBelow(section: string): readonly string[] {
  const prefix = section === '' ? '' : `${section}.`;
  const below = CONFIG_KEYS.filter((entry) => entry.key.startsWith(prefix));
  return [...new Set(below.map((entry) => entry.key.slice(prefix.length).split('.', 1).join('')))];
}

function key<const K extends string, const D extends KeyDescription['default']>(
  name: K,
  type: string,
  fallback: D,
  meaning: string,
) {
  return { key: name, type, default: fallback, meaning } as const;
}

function roleKeys<const R extends string>(role: R, who: string) {
  return [
    key(`provider.roles.${role}.name`, 'codex or claude', null, `Agent of ${who}. Unset: provider.name.`),
    key(`provider.roles.${role}.model`, TEXT, null, `Model of ${who}. Unset: the model set for its agent.`),
    key(`provider.roles.${role}.effort`, TEXT, null, `Effort of ${who}. Unset: the effort set for its agent.`),
  ] as const;
}
