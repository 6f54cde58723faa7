import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { AcpAgentName } from '../../../src/core/vocabulary.ts';
import { PROJECT } from '../../support/compiled.ts';
import { answered, turnCall, usage } from '../../unit/providers/fakes.ts';
import { acpStage } from './acp-stage.ts';
import { TRANSCRIPTS } from './acp-transcripts.ts';

interface Shape {
  readonly agent: AcpAgentName;
  readonly used: Parameters<typeof usage>[0];
  /** The option that is taken where it asks; null: it does not. */
  readonly allowed: string | null;
  readonly mode: string | null;
}

const CODEX = { agent: 'codex-acp', mode: null } as const;
const SHAPES: Readonly<Record<string, Shape>> = {
  opencode: {
    agent: 'opencode',
    used: { inputTokens: 1200, cachedInputTokens: 200, outputTokens: 34, reasoningTokens: 5, costUsd: 0.00272 },
    allowed: 'once',
    mode: null,
  },
  gemini: { agent: 'gemini', used: { inputTokens: 2400, outputTokens: 68 }, allowed: 'proceed_once', mode: null },
  qwen: {
    agent: 'qwen',
    used: { inputTokens: 2400, cachedInputTokens: 400, outputTokens: 68, reasoningTokens: 10 },
    allowed: 'proceed_once',
    mode: 'default',
  },
  claude: {
    agent: 'claude-acp',
    used: { inputTokens: 2800, cachedInputTokens: 400, outputTokens: 68, costUsd: 0.01656 },
    allowed: null,
    mode: 'default',
  },
  codex: { ...CODEX, used: {}, allowed: 'approved' },
  codex2: {
    ...CODEX,
    used: { inputTokens: 2400, cachedInputTokens: 400, outputTokens: 68, reasoningTokens: 10 },
    allowed: null,
    mode: 'read-only',
  },
};

/** Turns that agents really had, `acp-<agent>-turn.jsonl`; not in every checkout. */
const REAL = path.join(PROJECT, '../shared/agents/recorded');
const recorded = Object.keys(SHAPES)
  .map((name) => [name, path.join(REAL, `acp-${name}-turn.jsonl`)] as const)
  .filter(([, file]) => existsSync(file));

describe('a turn that an agent of the protocol had', () => {
  it.each(Object.keys(TRANSCRIPTS))('is read as it was meant, as %s shapes it', async (name) => {
    await using bed = acpStage();
    const file = path.join(bed.root, 'transcript.jsonl');
    const lines = (TRANSCRIPTS[name] ?? []).map(([dir, m]) => `${JSON.stringify({ dir, m })}\n`);
    writeFileSync(file, lines.join(''));
    const { text, shown } = await replay(name, file);
    expect(text).toBe('Done. It is made.');
    expect(shown).toContainEqual({ kind: 'command', text: 'make the file' });
    expect(shown).toContainEqual({ kind: 'message', text: 'Working.' });
  });

  it.each(recorded)('is read as it was meant, as %s had it', async (name, file) => {
    const { text, shown } = await replay(name, file);
    expect(text).toMatch(/^Done\. TOOL SAID /);
    expect(shown).toContainEqual({ kind: 'message', text: 'Working on it now.' });
    expect(shown.filter(({ kind }) => kind === 'command').length).toBeGreaterThan(0);
  });
});

async function replay(name: string, transcript: string) {
  const shape = SHAPES[name];
  if (shape === undefined) throw new Error(`what ${name} is to be read as is not said`);
  await using bed = acpStage({ transcript });
  const call = turnCall({ logFile: bed.log });
  const report = answered(await (await bed.agent({ agent: shape.agent })).run(call));
  expect(report).toMatchObject({ usage: usage(shape.used), denied: [], warnings: [] });
  expect(call.sessions).toEqual([report.sessionId]);
  const chosen = bed.heard().flatMap(({ result }) => (result === undefined ? [] : [result.outcome]));
  expect(chosen).toEqual(shape.allowed === null ? [] : [{ outcome: 'selected', optionId: shape.allowed }]);
  const modes = bed
    .heard()
    .flatMap(({ method, params }) => (method === 'session/set_mode' ? [params?.['modeId']] : []));
  expect(modes).toEqual(shape.mode === null ? [] : [shape.mode]);
  return { text: report.text, shown: call.activities.filter((activity) => activity.kind !== 'usage') };
}
