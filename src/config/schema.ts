import * as z from 'zod';
import { parsePairs } from '../core/pairs.ts';
import { PROVIDER_NAMES } from '../core/vocabulary.ts';

/** One configuration file. Null and absent both mean: not set in this file. Spec: config.md. */
export type LayerValues = z.infer<typeof layerSchema>;

/** Something readable, and without NUL, which no argument of a process can carry. */
const text = z.string().regex(/^[^\0]*[^\s\0][^\0]*$/);
const flag = z.boolean().nullish();
const dottedPath = z.string().regex(/^[^.\s]+(\.[^.\s]+)*$/);
const pairList = z.string().superRefine((value, context) => {
  const list = parsePairs(value);
  if ('error' in list) context.addIssue({ code: 'custom', message: list.error });
});

const agent = z.strictObject({
  name: z.enum(['codex', 'claude']).nullish(),
  model: text.nullish(),
  effort: text.nullish(),
});

const command = z.strictObject({
  start: argv(['model', 'effort']).nullish(),
  resume: argv(['session', 'model', 'effort']).nullish(),
  output: z.enum(['text', 'json', 'jsonl']).nullish(),
  answer: dottedPath.nullish(),
  session: dottedPath.nullish(),
});

const provider = z.strictObject({
  name: z.enum(PROVIDER_NAMES).nullish(),
  model: text.nullish(),
  model_effort: text.nullish(),
  codex: z
    .strictObject({
      model: text.nullish(),
      model_effort: text.nullish(),
      sandbox: z.enum(['workspace-write', 'bypass', 'inherit']).nullish(),
      network_access: flag,
    })
    .nullish(),
  claude: z
    .strictObject({
      model: text.nullish(),
      effort: text.nullish(),
      permission_strategy: z.enum(['inherit', 'allow_core_tools', 'bypass']).nullish(),
      stream: flag,
    })
    .nullish(),
  command: command.nullish(),
  roles: z.strictObject({ producer: agent.nullish(), verifier: agent.nullish() }).nullish(),
  idle_timeout_minutes: z.number().positive().nullish(),
  turn_timeout_minutes: z.number().positive().nullish(),
  max_wait_minutes: z.number().nonnegative().nullish(),
});

const runtime = z.strictObject({
  pairs: pairList.nullish(),
  max_iterations: z.int().min(1).nullish(),
  phase_mode: z.enum(['single', 'up-to']).nullish(),
  intent_mode: z.enum(['replace', 'append', 'preserve']).nullish(),
  full_auto_answers: flag,
  no_git: flag,
  track_autoloop_artifacts: flag,
  auto_followup: flag,
  auto_followup_max_depth: z.int().min(0).nullish(),
  verifier_session: z.enum(['shared', 'separate']).nullish(),
  verifier_scope: z.enum(['warn', 'strict']).nullish(),
  commit_everything: flag,
  max_turns: z.number().positive().nullish(),
  max_minutes: z.number().positive().nullish(),
  max_cost_usd: z.number().positive().nullish(),
});

export const layerSchema = z.strictObject({ provider: provider.nullish(), runtime: runtime.nullish() });

/** A program with its arguments; no shell is involved, so an argument may be empty and needs no quoting. */
function argv(placeholders: readonly string[]) {
  const accepted = placeholders.map((name) => `{{${name}}}`);
  const argument = z
    .string()
    .regex(/^[^\0]*$/)
    .superRefine((value, context) => {
      for (const [found] of value.matchAll(/\{\{[^{}]*\}\}/g)) {
        if (accepted.includes(found)) continue;
        context.addIssue({
          code: 'custom',
          message: `the placeholder ${JSON.stringify(found.slice(0, 60))}; accepted: ${accepted.join(', ')}`,
        });
      }
    });
  return z.tuple([argument.regex(/\S/)], argument);
}
