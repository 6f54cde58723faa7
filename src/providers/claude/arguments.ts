import type { Settings } from '../../core/settings.ts';

/**
 * How claude is called, apart from the turn. Null: whatever the operator's own configuration says. `capabilities`: what its help
 * lists (`claude/probe.ts`).
 */
export interface ClaudeCalling {
  readonly capabilities: readonly string[];
  readonly model: string | null;
  readonly effort: string | null;
  readonly permissionStrategy: Settings['provider']['claude']['permissionStrategy'];
  readonly stream: boolean;
}

/** The tools that `allow_core_tools` allows. */
export const CORE_TOOLS: readonly string[] = ['Read', 'Write', 'Edit', 'Glob', 'Grep', 'Bash'];

/** Who answers when claude would ask. Nobody does in a run, with or without it: newer releases can be told. */
const PROMPTS = '--permission-prompts';

export type ClaudeSession = { readonly start: string } | { readonly resume: string };

/**
 * The arguments of one turn (docs/providers.md): nothing but these, so that the operator's CLAUDE.md, hooks, skills,
 * servers and settings stay in force. `contractFile` holds what is appended to the system prompt; claude reads it in the first
 * turn of a session only. The prompt comes on standard input.
 */
export function claudeArguments(calling: ClaudeCalling, contractFile: string, session: ClaudeSession): string[] {
  return [
    '-p',
    '--output-format',
    ...(calling.stream ? ['stream-json', '--verbose'] : ['json']),
    ...(calling.model === null ? [] : ['--model', calling.model]),
    ...(calling.effort === null ? [] : ['--effort', calling.effort]),
    ...permissionArguments(calling.permissionStrategy),
    ...(calling.capabilities.includes(PROMPTS) ? [PROMPTS, 'none'] : []),
    '--append-system-prompt-file',
    contractFile,
    ...('start' in session ? ['--session-id', session.start] : ['--resume', session.resume]),
  ];
}

/** A line that starts with `/` would be a slash command of claude's: a blank line goes first. */
export function claudeInput(prompt: string): string {
  return `\n${prompt}`;
}

function permissionArguments(strategy: ClaudeCalling['permissionStrategy']): string[] {
  switch (strategy) {
    case 'inherit':
      return [];
    case 'allow_core_tools':
      return ['--allowedTools', CORE_TOOLS.join(',')];
    case 'bypass':
      return ['--dangerously-skip-permissions'];
  }
}
