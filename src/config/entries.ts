import type { Settings } from '../core/settings.ts';
import type { ResolvedKey } from './keys.ts';

/** Settings under the dotted keys, and with the values, that a configuration file has for them; null: unset. */
export function settingsEntries({ provider, runtime }: Settings): Record<ResolvedKey, unknown> {
  const { codex, claude, command, roles } = provider;
  return {
    'provider.name': provider.name,
    'provider.codex.model': codex.model,
    'provider.codex.model_effort': codex.effort,
    'provider.codex.sandbox': codex.sandbox,
    'provider.codex.network_access': codex.networkAccess,
    'provider.claude.model': claude.model,
    'provider.claude.effort': claude.effort,
    'provider.claude.permission_strategy': claude.permissionStrategy,
    'provider.claude.stream': claude.stream,
    'provider.roles.producer.name': roles.producer.name,
    'provider.roles.producer.model': roles.producer.model,
    'provider.roles.producer.effort': roles.producer.effort,
    'provider.roles.verifier.name': roles.verifier.name,
    'provider.roles.verifier.model': roles.verifier.model,
    'provider.roles.verifier.effort': roles.verifier.effort,
    'provider.command.start': command?.start ?? null,
    'provider.command.resume': command?.resume ?? null,
    'provider.command.output': command?.output ?? 'text',
    'provider.command.answer': command?.answer ?? null,
    'provider.command.session': command?.session ?? null,
    'provider.idle_timeout_minutes': provider.idleTimeoutMinutes,
    'provider.turn_timeout_minutes': provider.turnTimeoutMinutes,
    'provider.max_wait_minutes': provider.maxWaitMinutes,
    'runtime.pairs': runtime.pairs.join(','),
    'runtime.max_iterations': runtime.maxIterations,
    'runtime.phase_mode': runtime.phaseMode,
    'runtime.intent_mode': runtime.intentMode,
    'runtime.full_auto_answers': runtime.fullAutoAnswers,
    'runtime.no_git': !runtime.useGit,
    'runtime.track_autoloop_artifacts': runtime.trackArtifacts,
    'runtime.auto_followup': runtime.autoFollowup,
    'runtime.auto_followup_max_depth': runtime.autoFollowupMaxDepth,
    'runtime.verifier_session': runtime.verifierSession,
    'runtime.verifier_scope': runtime.verifierScope,
    'runtime.commit_everything': runtime.commitEverything,
    'runtime.max_turns': runtime.maxTurns,
    'runtime.max_minutes': runtime.maxMinutes,
    'runtime.max_cost_usd': runtime.maxCostUsd,
  };
}
