import type { KeyRow } from '../key-row.ts';
import { choice, EFFORT, FLAG, MINUTES, MODEL, number } from '../kinds.ts';
import { ACP } from './acp.ts';
import { AGENTS, COMMAND, COMMANDS } from './command.ts';

const CODEX = [
  {
    key: 'provider.codex.model',
    kind: MODEL,
    default: null,
    // Releases before this one named a model where nobody did.
    before: 'gpt-5.4',
    keptUnlessSet: true,
    meaning: "Model that Codex is started with. Unset: codex's own default.",
  },
  {
    key: 'provider.codex.model_effort',
    at: 'provider.codex.effort',
    kind: EFFORT,
    default: null,
    meaning: 'Reasoning effort of Codex, as far as its model has it. Unset: what Codex is configured for.',
  },
  {
    key: 'provider.codex.sandbox',
    isRisky: true,
    kind: choice('workspace-write', 'bypass', 'inherit'),
    default: 'workspace-write',
    meaning: 'What Codex may touch: the workspace, everything, or what its own configuration says.',
  },
  {
    key: 'provider.codex.network_access',
    isRisky: true,
    kind: FLAG,
    default: false,
    meaning: 'Whether commands in the workspace-write sandbox reach the network.',
  },
] as const satisfies readonly KeyRow[];

const CLAUDE = [
  {
    key: 'provider.claude.model',
    kind: MODEL,
    default: null,
    meaning: 'Model that Claude is started with. Unset: what Claude is configured for.',
  },
  {
    key: 'provider.claude.effort',
    kind: EFFORT,
    default: null,
    meaning: 'Effort that Claude is started with. Unset: what Claude is configured for.',
  },
  {
    key: 'provider.claude.permission_strategy',
    isRisky: true,
    kind: choice('inherit', 'allow_core_tools', 'bypass'),
    default: 'inherit',
    meaning:
      "Claude's permissions: its own settings, those plus the core tools for files and commands, or no checks at all.",
  },
  {
    key: 'provider.claude.stream',
    kind: FLAG,
    default: false,
    meaning: "Whether Claude's output is streamed, so that progress shows while it works.",
  },
] as const satisfies readonly KeyRow[];

const LIMITS = [
  {
    key: 'provider.idle_timeout_minutes',
    kind: MINUTES,
    default: 20,
    meaning: 'How long an agent may be silent before its turn is stopped.',
  },
  { key: 'provider.turn_timeout_minutes', kind: MINUTES, default: 120, meaning: 'How long a turn may take.' },
  {
    key: 'provider.max_wait_minutes',
    kind: number({ least: 0 }, '(minutes)'),
    default: 0,
    meaning: 'How long a run waits for a usage limit to be lifted before it pauses. 0: it pauses at once.',
  },
] as const satisfies readonly KeyRow[];

/** Accepted in files only, and resolved under the names that took their place. */
const OLDER_NAMES = [
  {
    key: 'provider.model',
    kind: MODEL,
    default: null,
    meaning: 'Older name of provider.codex.model; wins over it in the same file.',
    olderNameOf: 'provider.codex.model',
  },
  {
    key: 'provider.model_effort',
    kind: EFFORT,
    default: null,
    meaning: 'Older name of provider.codex.model_effort; wins over it in the same file.',
    olderNameOf: 'provider.codex.model_effort',
  },
] as const satisfies readonly KeyRow[];

/** Which agents work, how they are started, and how long they may take. */
export const PROVIDER_KEYS = [
  {
    key: 'provider.name',
    kind: AGENTS,
    default: 'codex',
    meaning: 'Which agent works.',
    option: { flags: '--provider <name>', help: 'which agent works' },
    essential: true,
  },
  ...CODEX,
  ...CLAUDE,
  ...roleKeys('producer'),
  ...roleKeys('verifier'),
  ...ACP,
  ...COMMAND,
  ...COMMANDS,
  {
    key: 'provider.allow_program_in_workspace',
    isRisky: true,
    kind: FLAG,
    default: false,
    owner: 'user',
    recorded: false,
    meaning: 'Whether an agent may be started from a program inside the work tree, where agents can write.',
  },
  ...LIMITS,
  ...OLDER_NAMES,
] as const satisfies readonly KeyRow[];

function roleKeys<const R extends 'producer' | 'verifier'>(role: R) {
  return [
    {
      key: `provider.roles.${role}.name`,
      kind: AGENTS,
      default: null,
      meaning: `Agent of the ${role}. Unset: provider.name.`,
      essential: true,
    },
    {
      key: `provider.roles.${role}.model`,
      kind: MODEL,
      default: null,
      meaning: `Model of the ${role}. Unset: the model set for its agent.`,
    },
    {
      key: `provider.roles.${role}.effort`,
      kind: EFFORT,
      default: null,
      meaning: `Effort of the ${role}. Unset: the effort set for its agent.`,
    },
  ] as const;
}
