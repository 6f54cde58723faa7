import type { Settings } from '../../core/settings.ts';

/** How codex is called, apart from the turn. `capabilities`: what its help lists (`codex/probe.ts`). */
export interface CodexCalling {
  readonly capabilities: readonly string[];
  /** Null: codex's own default, or that of its configuration. */
  readonly model: string | null;
  readonly effort: string | null;
  readonly sandbox: Settings['provider']['codex']['sandbox'];
  readonly networkAccess: boolean;
  /** The environment variable that marks the run's processes. */
  readonly mark: string | null;
}

/**
 * The arguments of one turn (docs/providers.md). `resume` inherits nothing of the first turn, so everything is
 * said again, and lacks `--sandbox`, so the mode travels as a configuration value there. The prompt comes on standard input.
 */
export function codexArguments(calling: CodexCalling, resume: string | null): string[] {
  const command = resume === null ? 'exec' : 'resume';
  const has = (flag: string): boolean => calling.capabilities.includes(`${command} ${flag}`);
  const session = resume === null ? [] : [resume];
  return [
    ...(resume === null ? ['exec'] : ['exec', 'resume']),
    '--json',
    '--skip-git-repo-check',
    ...sandboxArguments(calling, has, resume === null),
    ...(calling.model === null ? [] : ['--model', calling.model]),
    ...effortArguments(calling.effort, has),
    ...environmentArguments(calling, has),
    ...session,
    '-',
  ];
}

type Has = (flag: string) => boolean;

function sandboxArguments(calling: CodexCalling, has: Has, start: boolean): string[] {
  if (calling.sandbox === 'inherit') return [];
  if (calling.sandbox === 'bypass') return ['--dangerously-bypass-approvals-and-sandbox'];
  const network = calling.networkAccess ? ['-c', 'sandbox_workspace_write.network_access=true'] : [];
  return [...workspaceWrite(has, start), ...network];
}

/** Releases before `--sandbox` know the same mode as `--full-auto`. */
function workspaceWrite(has: Has, start: boolean): string[] {
  const modern = start ? has('--sandbox') : has('--config');
  if (!modern && has('--full-auto')) return ['--full-auto'];
  return start ? ['-s', 'workspace-write'] : ['-c', 'sandbox_mode="workspace-write"'];
}

/** `--model-effort` is an option of old releases only. */
function effortArguments(effort: string | null, has: Has): string[] {
  if (effort === null) return [];
  if (!has('--config') && has('--model-effort')) return ['--model-effort', effort];
  return ['-c', `model_reasoning_effort=${effort}`];
}

function environmentArguments(calling: CodexCalling, has: Has): string[] {
  if (!has('--config')) return [];
  const bounded = calling.capabilities.includes(BOUNDED_RETRIES) ? ['-c', `${BOUNDED_RETRIES}=false`] : [];
  // The user may have told codex to hand only parts of the environment on: without the mark, leftovers are not recognized.
  const mark = calling.mark === null ? [] : ['-c', `shell_environment_policy.set.${calling.mark}="1"`];
  return [...bounded, ...mark];
}

/** Without this, a refused connection makes codex wait for ever. */
export const BOUNDED_RETRIES = 'features.unbounded_connection_retries';
