import { describe, expect, it } from 'vitest';
import { claudeAgent } from '../../../src/providers/claude/agent.ts';
import { codexAgent } from '../../../src/providers/codex/agent.ts';
import { answered, claudeResult, codexLines, FakeRunner, turnCall, worldWith } from './fakes.ts';

const UNKNOWN = 'Model metadata for `newest` not found. Defaulting to fallback metadata.';

describe('what an agent says again in every turn', () => {
  it('is told once a run, also where the other role says it', async () => {
    const warning = codexLines.item({ type: 'error', message: UNKNOWN });
    const lines = [codexLines.thread(), warning, codexLines.message('Done.'), codexLines.completed()];
    const world = worldWith(new FakeRunner({ lines }, { lines }));
    const calling = {
      capabilities: [],
      model: 'newest',
      effort: null,
      sandbox: 'workspace-write',
      networkAccess: false,
      mark: null,
    } as const;
    const [first, second] = [turnCall(), turnCall()];
    const told = answered(await codexAgent(world, '/bin/codex', calling).run(first)).warnings;
    expect(told).toEqual([expect.stringContaining('provider.codex.model')]);
    expect(answered(await codexAgent(world, '/bin/codex', calling).run(second)).warnings).toEqual([]);
    expect(first.activities).toContainEqual({ kind: 'notice', text: UNKNOWN });
    expect(second.activities).not.toContainEqual({ kind: 'notice', text: UNKNOWN });
  });
});

describe('what claude says aside of a setting that it does not know', () => {
  it('is shown', async () => {
    const stderrTail = 'Warning: unknown effort level enormous, using the default\nsomething else\n';
    const world = worldWith(new FakeRunner({ lines: [claudeResult()], stderrTail }));
    const calling = {
      capabilities: [],
      model: null,
      effort: 'enormous',
      permissionStrategy: 'inherit',
      stream: false,
    } as const;
    const { warnings } = answered(await claudeAgent(world, '/bin/claude', calling).run(turnCall()));
    expect(warnings.filter((text) => text.startsWith('claude: '))).toEqual([
      'claude: Warning: unknown effort level enormous, using the default',
    ]);
  });
});
