import type { AcpSettings } from '../../core/settings.ts';
import type { AcpAgentName } from '../../core/vocabulary.ts';

/** How an agent that is known by name is started, and what it calls the mode in which it asks before it acts. */
export interface Recipe {
  /** The program first. */
  readonly command: readonly string[];
  /** The session mode in which the agent asks; null: it has none. */
  readonly mode: string | null;
  /** What logs in, as a person does it. */
  readonly login: string;
  /** Added to the environment, where the operator has not set it. */
  readonly env: Readonly<Record<string, string>>;
  /** Words of an error by which the agent says that it does not know a session. */
  readonly unknownSession: RegExp | null;
  /** Whether its figures have a cost in dollars. */
  readonly tellsCost: boolean;
}

/** A login in a browser would wait for a person. */
const NO_BROWSER = { NO_BROWSER: '1' };
const PLAIN = { mode: null, env: {}, unknownSession: null, tellsCost: false } as const;

/** The agents that `provider.acp.agent` knows by name. */
export const RECIPES: Readonly<Record<AcpAgentName, Recipe>> = {
  opencode: {
    ...PLAIN,
    command: ['opencode', 'acp'],
    login: '`opencode auth login`',
    // It has no mode in which it asks: this joins the permissions of its configuration.
    env: { OPENCODE_PERMISSION: '{"edit":"ask","bash":"ask","webfetch":"ask"}' },
    tellsCost: true,
  },
  gemini: {
    ...PLAIN,
    command: ['gemini', '--acp'],
    mode: 'default',
    login: '`gemini` once by hand, or GEMINI_API_KEY',
    env: NO_BROWSER,
    unknownSession: /no previous sessions found|invalid session identifier/i,
  },
  qwen: {
    ...PLAIN,
    command: ['qwen', '--acp'],
    mode: 'default',
    login: '`qwen` once by hand, or OPENAI_API_KEY with `--auth-type openai` in provider.acp.command',
    env: NO_BROWSER,
  },
  goose: { ...PLAIN, command: ['goose', 'acp'], login: '`goose configure`' },
  copilot: { ...PLAIN, command: ['copilot', '--acp'], login: '`copilot` once by hand, then /login' },
  cursor: { ...PLAIN, command: ['cursor-agent', 'acp'], login: '`cursor-agent login`' },
  kimi: { ...PLAIN, command: ['kimi', 'acp'], login: '`kimi` once by hand, then /login' },
  'claude-acp': {
    ...PLAIN,
    command: ['claude-agent-acp'],
    mode: 'default',
    login: '`claude auth login`, or ANTHROPIC_API_KEY',
    tellsCost: true,
  },
  'codex-acp': {
    ...PLAIN,
    command: ['codex-acp'],
    mode: 'read-only',
    login: '`codex login`, or OPENAI_API_KEY',
  },
};

/** The command line, program first; empty where the configuration names none. */
export function commandOf({ agent, command }: AcpSettings): readonly string[] {
  return command ?? (agent === null ? [] : RECIPES[agent].command);
}

/** The agent as the operator knows it. */
export function acpName(settings: AcpSettings): string {
  const [program = 'acp'] = commandOf(settings);
  return settings.agent ?? program.slice(program.lastIndexOf('/') + 1);
}
