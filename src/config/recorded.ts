import * as z from 'zod';
import type { Settings } from '../core/settings.ts';
import { PAIRS, PROVIDER_NAMES } from '../core/vocabulary.ts';

const providerName = z.enum(PROVIDER_NAMES);
const text = z.string().nullable().default(null);
const limit = z.number().nullable().default(null);
const agent = z.object({ name: providerName, model: text, effort: text });

/**
 * Settings as `run_started` and `run_resumed` record them. Keys that this release does not know are dropped, and keys
 * that an older one did not write have the values that were in force without them.
 */
export const settingsSchema = z.object({
  provider: z.object({
    name: providerName,
    roles: z.object({ producer: agent, verifier: agent }),
    codex: z
      .object({
        model: z.string().default('gpt-5.4'),
        effort: text,
        sandbox: z.enum(['workspace-write', 'bypass', 'inherit']).default('workspace-write'),
        networkAccess: z.boolean().default(false),
      })
      .prefault({}),
    claude: z
      .object({
        model: text,
        effort: text,
        permissionStrategy: z.enum(['inherit', 'allow_core_tools', 'bypass']).default('inherit'),
        stream: z.boolean().default(false),
      })
      .prefault({}),
    command: z
      .object({
        start: z.array(z.string()),
        resume: z.array(z.string()).nullable().default(null),
        output: z.enum(['text', 'json', 'jsonl']),
        answer: text,
        session: text,
      })
      .nullable()
      .default(null),
    idleTimeoutMinutes: z.number().default(20),
    turnTimeoutMinutes: z.number().default(120),
    maxWaitMinutes: z.number().default(0),
  }),
  runtime: z.object({
    pairs: z.array(z.enum(PAIRS)),
    maxIterations: z.int(),
    phaseMode: z.enum(['single', 'up-to']).default('single'),
    phaseId: text,
    intentMode: z.enum(['replace', 'append', 'preserve']).default('preserve'),
    fullAutoAnswers: z.boolean().default(false),
    useGit: z.boolean().default(true),
    trackArtifacts: z.boolean().default(true),
    autoFollowup: z.boolean().default(true),
    autoFollowupMaxDepth: z.int().default(3),
    verifierSession: z.enum(['shared', 'separate']).default('shared'),
    verifierScope: z.enum(['warn', 'strict']).default('warn'),
    commitEverything: z.boolean().default(false),
    maxTurns: limit,
    maxMinutes: limit,
    maxCostUsd: limit,
  }),
}) satisfies z.ZodType<Settings>;

/** The recorded settings; null when they are of a form that cannot be taken for settings. */
export function parseSettings(recorded: unknown): Settings | null {
  return settingsSchema.safeParse(recorded).data ?? null;
}
