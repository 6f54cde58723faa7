import { AGENT_NAME, PROVIDER_NAMES } from '../../core/vocabulary.ts';
import { printable } from '../found.ts';
import type { KeyRow } from '../key-row.ts';
import { argv, choice, dottedPath, either, field, type Kind, map, mapping, text } from '../kinds.ts';

/** What can be said of a program that plays an agent. */
const ROWS = {
  start: {
    key: 'provider.command.start',
    isRisky: true,
    keptWith: 'command',
    anchor: true,
    kind: argv('model', 'effort'),
    default: null,
    meaning: 'Command line that starts a conversation. Every argument may hold {{model}} and {{effort}}.',
  },
  resume: {
    key: 'provider.command.resume',
    isRisky: true,
    keptWith: 'command',
    kind: argv('session', 'model', 'effort'),
    default: null,
    meaning: 'Command line that goes on with the conversation {{session}}. Unset: every turn starts a new one.',
  },
  output: {
    key: 'provider.command.output',
    keptWith: 'command',
    kind: choice('text', 'json', 'jsonl'),
    default: 'text',
    meaning: 'What the command prints.',
  },
  answer: {
    key: 'provider.command.answer',
    keptWith: 'command',
    kind: dottedPath('result.text'),
    default: null,
    meaning: 'Where the answer stands in the JSON that the command prints. Needed unless the output is text.',
  },
  session: {
    key: 'provider.command.session',
    keptWith: 'command',
    kind: dottedPath('session.id'),
    default: null,
    meaning: 'Where the id of the conversation stands in the JSON. Needed where resume holds {{session}}.',
  },
  name: {
    key: 'provider.command.name',
    keptWith: 'command',
    kind: text(/^[a-z][a-z0-9_-]{0,31}$/, 'a word in lower-case letters'),
    default: null,
    meaning: 'What the command is called. Unset: the command.',
  },
  final: {
    key: 'provider.command.final',
    keptWith: 'command',
    kind: text(/^[^.\s=]+(\.[^.\s=]+)*=[^\0\r\n]+$/, 'dotted path and value, such as type=result'),
    default: null,
    meaning:
      'How the last line that the command prints is known; it then has 10 s to end. Unset: it is done when it ends.',
  },
  'usage.input': {
    key: 'provider.command.usage.input',
    keptWith: 'command',
    kind: dottedPath('usage.input'),
    default: null,
    meaning: 'Where the JSON has the input tokens, cached ones included.',
  },
  'usage.cached': {
    key: 'provider.command.usage.cached',
    keptWith: 'command',
    kind: dottedPath('usage.cached'),
    default: null,
    meaning: 'Where the JSON has the input tokens that came from a cache.',
  },
  'usage.output': {
    key: 'provider.command.usage.output',
    keptWith: 'command',
    kind: dottedPath('usage.output'),
    default: null,
    meaning: 'Where the JSON has the output tokens.',
  },
  'usage.reasoning': {
    key: 'provider.command.usage.reasoning',
    keptWith: 'command',
    kind: dottedPath('usage.reasoning'),
    default: null,
    meaning: 'Where the JSON has the tokens of thinking, which are part of the output.',
  },
  'usage.cost': {
    key: 'provider.command.usage.cost',
    keptWith: 'command',
    kind: dottedPath('usage.cost'),
    default: null,
    meaning: 'Where the JSON has the cost in US dollars.',
  },
  usage_scope: {
    key: 'provider.command.usage_scope',
    keptWith: 'command',
    kind: choice('turn', 'session', 'step'),
    default: 'turn',
    meaning: 'What these figures count: a turn, the session so far, or one of the steps of a turn, which are summed.',
  },
  activity: {
    key: 'provider.command.activity',
    keptWith: 'command',
    kind: dottedPath('part.tool'),
    default: null,
    meaning: 'Where the JSON has what the command is doing, which is shown while it works.',
  },
  error: {
    key: 'provider.command.error',
    keptWith: 'command',
    kind: dottedPath('error.message'),
    default: null,
    meaning: 'Where the JSON has what the turn failed of. A text there ends the turn.',
  },
  env: {
    key: 'provider.command.env',
    isRisky: true,
    // It may hold keys: it is in no log, and a resumed run takes today's.
    recorded: false,
    told: namesIn,
    kind: map(
      /^[A-Za-z_][A-Za-z0-9_]{0,99}$/,
      text(/^[^\0]*$/, 'a text'),
      'names of environment variables, each with a text',
    ),
    default: null,
    meaning: 'Added to the environment of the command. In no log; a resumed run takes what the files say today.',
  },
} as const satisfies Readonly<Record<string, KeyRow>>;

/** The agent that is given as a command line. */
export const COMMAND = Object.values(ROWS);

/** A name that a role may give; the providers have theirs. */
const NAME = new RegExp(`^(?!(?:${PROVIDER_NAMES.join('|')})$)${AGENT_NAME.source.slice(1)}`);

const FIGURES = {
  input: same(ROWS['usage.input']),
  cached: same(ROWS['usage.cached']),
  output: same(ROWS['usage.output']),
  reasoning: same(ROWS['usage.reasoning']),
  cost: same(ROWS['usage.cost']),
};

/** Further ones, for roles that name them. */
export const COMMANDS = [
  {
    key: 'provider.commands',
    isRisky: true,
    told: commandsTold,
    recordedAs: withoutEnvironments,
    keptWith: 'command',
    kind: map(
      NAME,
      mapping({
        start: same(ROWS.start),
        resume: same(ROWS.resume),
        output: same(ROWS.output),
        answer: same(ROWS.answer),
        session: same(ROWS.session),
        final: same(ROWS.final),
        usage: field(mapping(FIGURES), null, 'Where the JSON has its figures.'),
        usage_scope: same(ROWS.usage_scope),
        activity: same(ROWS.activity),
        error: same(ROWS.error),
        env: same(ROWS.env),
      }),
      'names of your own, each with a mapping with the keys of provider.command',
    ),
    default: null,
    meaning: 'Several commands, each by the name that provider.name or a role gives it.',
  },
] as const satisfies readonly KeyRow[];

/** Who may play: a provider, or one of these by its name. Whether there is one of that name is known when all files are read. */
export const AGENTS = either(choice(...PROVIDER_NAMES), text(NAME, "a command's name"));

function same<const K extends Kind, const D>(row: { readonly kind: K; readonly default: D; readonly meaning: string }) {
  return field(row.kind, row.default, row.meaning);
}

/** Values may be keys: a start says the names. */
function namesIn(env: unknown): string {
  return Object.keys(env ?? {}).join(', ');
}

type Entries = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

function withoutEnvironments(commands: unknown): unknown {
  const entries = Object.entries(commands as Entries);
  return Object.fromEntries(entries.map(([name, entry]) => [name, { ...entry, env: null }]));
}

function commandsTold(commands: unknown): string {
  const told = Object.entries(commands as Entries).map(([name, { env, ...entry }]) => {
    const set = Object.entries(entry).filter(([, value]) => value !== null);
    return [name, { ...Object.fromEntries(set), ...((env ?? null) === null ? {} : { env: namesIn(env) }) }] as const;
  });
  return printable(JSON.stringify(Object.fromEntries(told)));
}
