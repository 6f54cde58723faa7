import { ACP_AGENTS } from '../../core/vocabulary.ts';
import type { KeyRow } from '../key-row.ts';
import { argv, choice, either, FLAG, map, SESSION_CHOICE } from '../kinds.ts';

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
