import { ACP_AGENTS } from '../../core/vocabulary.ts';
import type { KeyRow } from '../key-row.ts';
import { argv, choice, dottedPath, either, FLAG, map, SESSION_CHOICE, text } from '../kinds.ts';

/** The agent that speaks the Agent Client Protocol. */
export const ACP = [
  {
    key: 'provider.acp.agent',
    isRisky: true,
    keptWith: 'acp',
    kind: choice(...ACP_AGENTS),
    default: null,
    meaning: 'Agent that is started, by its name. Unset: what provider.acp.command says.',
  },
  {
    key: 'provider.acp.command',
    isRisky: true,
    keptWith: 'acp',
    kind: argv(),
    default: null,
    meaning:
      'Command line that starts an agent which speaks the Agent Client Protocol. Unset: that of provider.acp.agent.',
  },
  {
    key: 'provider.acp.mode',
    isRisky: true,
    kind: SESSION_CHOICE,
    default: null,
    meaning: 'Session mode that the agent is set to. Unset: the one in which the named agent asks.',
  },
  {
    key: 'provider.acp.permissions',
    isRisky: true,
    kind: choice('workspace', 'allow', 'reject'),
    default: 'workspace',
    meaning: 'What is answered when the agent asks: yes to work on the workspace, yes to everything, or no.',
  },
  {
    key: 'provider.acp.model',
    kind: SESSION_CHOICE,
    default: null,
    meaning:
      "Model that the session is set to, by the agent's own name for it. Unset: what the agent is configured for.",
  },
  {
    key: 'provider.acp.config',
    kind: map(
      /^[^\s\0]{1,100}$/,
      either(SESSION_CHOICE, FLAG),
      "the agent's own names for options of a session, each with a value",
    ),
    default: null,
    meaning: 'Further options of the session, as the agent offers them.',
  },
] as const satisfies readonly KeyRow[];

/** The agent that is given as a command line. */
export const COMMAND = [
  {
    key: 'provider.command.start',
    isRisky: true,
    keptWith: 'command',
    anchor: true,
    kind: argv('model', 'effort'),
    default: null,
    meaning: 'Command line that starts a conversation. Every argument may hold {{model}} and {{effort}}.',
  },
  {
    key: 'provider.command.resume',
    isRisky: true,
    keptWith: 'command',
    kind: argv('session', 'model', 'effort'),
    default: null,
    meaning: 'Command line that goes on with the conversation {{session}}. Unset: every turn starts a new one.',
  },
  {
    key: 'provider.command.output',
    keptWith: 'command',
    kind: choice('text', 'json', 'jsonl'),
    default: 'text',
    meaning: 'What the command prints.',
  },
  {
    key: 'provider.command.answer',
    keptWith: 'command',
    kind: dottedPath('result.text'),
    default: null,
    meaning: 'Where the answer stands in the JSON that the command prints. Needed unless the output is text.',
  },
  {
    key: 'provider.command.session',
    keptWith: 'command',
    kind: dottedPath('session.id'),
    default: null,
    meaning: 'Where the id of the conversation stands in the JSON. Needed where resume holds {{session}}.',
  },
  {
    key: 'provider.command.name',
    keptWith: 'command',
    kind: text(/^[a-z][a-z0-9_-]{0,31}$/, 'a word in lower-case letters'),
    default: null,
    meaning: 'What the command is called. Unset: the command.',
  },
  {
    key: 'provider.command.final',
    keptWith: 'command',
    kind: text(/^[^.\s=]+(\.[^.\s=]+)*=[^\0\r\n]+$/, 'dotted path and value, such as type=result'),
    default: null,
    meaning:
      'How the last line that the command prints is known; it then has 10 s to end. Unset: it is done when it ends.',
  },
  {
    key: 'provider.command.usage.input',
    keptWith: 'command',
    kind: dottedPath('usage.input'),
    default: null,
    meaning: 'Where the JSON has the input tokens, cached ones included.',
  },
  {
    key: 'provider.command.usage.cached',
    keptWith: 'command',
    kind: dottedPath('usage.cached'),
    default: null,
    meaning: 'Where the JSON has the input tokens that came from a cache.',
  },
  {
    key: 'provider.command.usage.output',
    keptWith: 'command',
    kind: dottedPath('usage.output'),
    default: null,
    meaning: 'Where the JSON has the output tokens.',
  },
  {
    key: 'provider.command.usage.reasoning',
    keptWith: 'command',
    kind: dottedPath('usage.reasoning'),
    default: null,
    meaning: 'Where the JSON has the tokens of thinking, which are part of the output.',
  },
  {
    key: 'provider.command.usage.cost',
    keptWith: 'command',
    kind: dottedPath('usage.cost'),
    default: null,
    meaning: 'Where the JSON has the cost in US dollars.',
  },
  {
    key: 'provider.command.usage_scope',
    keptWith: 'command',
    kind: choice('turn', 'session', 'step'),
    default: 'turn',
    meaning: 'What these figures count: a turn, the session so far, or one of the steps of a turn, which are summed.',
  },
  {
    key: 'provider.command.activity',
    keptWith: 'command',
    kind: dottedPath('part.tool'),
    default: null,
    meaning: 'Where the JSON has what the command is doing, which is shown while it works.',
  },
  {
    key: 'provider.command.error',
    keptWith: 'command',
    kind: dottedPath('error.message'),
    default: null,
    meaning: 'Where the JSON has what the turn failed of. A text there ends the turn.',
  },
  {
    key: 'provider.command.env',
    isRisky: true,
    keptWith: 'command',
    kind: map(
      /^[A-Za-z_][A-Za-z0-9_]{0,99}$/,
      text(/^[^\0]*$/, 'a text'),
      'names of environment variables, each with a text',
    ),
    default: null,
    meaning: 'Added to the environment of the command.',
  },
] as const satisfies readonly KeyRow[];
