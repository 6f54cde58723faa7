import type { IntentMode, Pair, PhaseMode } from '../core/vocabulary.ts';
import type { ConfigKey } from './keys.ts';
import type { Source } from './lookup.ts';

/** The options that speak about settings, already checked as options; absent or undefined: not given. Spec: cli.md. */
export interface CommandLineOptions {
  readonly pairs?: readonly Pair[] | undefined;
  readonly phaseId?: string | undefined;
  readonly phaseMode?: PhaseMode | undefined;
  readonly maxIterations?: number | undefined;
  /** For Codex only, like `modelEffort`. */
  readonly model?: string | undefined;
  readonly modelEffort?: string | undefined;
  readonly intentMode?: IntentMode | undefined;
  readonly fullAutoAnswers?: boolean | undefined;
  readonly trackArtifacts?: boolean | undefined;
  readonly autoFollowup?: boolean | undefined;
  readonly autoFollowupMaxDepth?: number | undefined;
  readonly git?: boolean | undefined;
}

/** The options as the strongest layer. */
export function commandLineSource(options: CommandLineOptions): Source {
  const names = optionNames(options);
  const name = (key: ConfigKey) => names[key] ?? 'the command line';
  return { values: valuesOf(options), origin: name, place: name, typed: true };
}

function valuesOf(options: CommandLineOptions): Source['values'] {
  return {
    provider: { codex: { model: options.model, model_effort: options.modelEffort } },
    runtime: {
      pairs: options.pairs?.join(','),
      max_iterations: options.maxIterations,
      phase_mode: options.phaseMode,
      intent_mode: options.intentMode,
      full_auto_answers: options.fullAutoAnswers,
      no_git: options.git === undefined ? undefined : !options.git,
      track_autoloop_artifacts: options.trackArtifacts,
      auto_followup: options.autoFollowup,
      auto_followup_max_depth: options.autoFollowupMaxDepth,
    },
  };
}

/** The options as they were given. */
function optionNames(options: CommandLineOptions): Partial<Record<ConfigKey, string>> {
  const onOff = (name: string, value: boolean | undefined) => (value === false ? `--no-${name}` : `--${name}`);
  return {
    'provider.codex.model': '--model',
    'provider.codex.model_effort': '--model-effort',
    'runtime.pairs': '--pairs',
    'runtime.max_iterations': '--max-iterations',
    'runtime.phase_mode': '--phase-mode',
    'runtime.intent_mode': '--intent-mode',
    'runtime.full_auto_answers': onOff('full-auto-answers', options.fullAutoAnswers),
    'runtime.no_git': onOff('git', options.git),
    'runtime.track_autoloop_artifacts': onOff('track-autoloop-artifacts', options.trackArtifacts),
    'runtime.auto_followup': onOff('auto-followup', options.autoFollowup),
    'runtime.auto_followup_max_depth': '--auto-followup-max-depth',
  };
}
