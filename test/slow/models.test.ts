import { describe, expect, it } from 'vitest';
import { OLD_TASK, writeOldTree } from '../support/legacy-trees.ts';
import { createRig, type Rig } from '../support/rig.ts';

const START = ['--intent', 'Build it', '--pairs', 'plan'];
const REFUSED = "The 'x' model is not supported when using Codex with a ChatGPT account.";

describe('the model of codex', () => {
  it('is its own where nobody chose one: no argument names it, and what is shown says so', async () => {
    await using rig = await createRig();
    const { code, stdout } = await rig.run(START);
    expect(code).toBe(0);
    expect(stdout).toContain('its own default');
    for (const { argv } of rig.turns()) expect(argv.join(' ')).not.toMatch(/--model|-m |model=/);
    const begun = rig.events().flatMap((event) => (event.event_type === 'turn_started' ? [event.model] : []));
    expect(begun).toEqual([null, null]);
    expect((await rig.run(['doctor'])).stdout).toContain('codex: model: its own default');
  });

  it.each([`{"type":"error","status":400,"error":{"message":"${REFUSED}"}}`, `{"detail":"${REFUSED}"}`])(
    'that an account may not use ends the run, with the way out that needs no name of one: %s',
    async (say) => {
      const script = { rules: [{ failure: 'bad_model', say }] } as const;
      await using rig = await createRig({ config: 'provider: { codex: { model: x, model_effort: max } }\n', script });
      const { code, stderr } = await rig.run(START);
      expect(code).toBe(1);
      expect(stderr).toContain("Remove provider.codex.model to use codex's own default");
      const [turn, ...more] = rig.turns();
      expect(more).toEqual([]);
      expect(turn?.argv.join(' ')).toMatch(/--model x .*model_reasoning_effort=max/);
    },
  );

  it('of a run that an older release began stays the one that it chose, and gives way to one that is configured today', async () => {
    await using rig = await createRig({ script: { rules: [{ role: 'verifier', times: 1, failure: 'usage_limit' }] } });
    writeOldTree(rig.workspace, 'G8');
    const paused = await rig.run(['--resume', '--task-id', OLD_TASK]);
    expect(paused.code).toBe(4);
    expect(models(rig)).toEqual(['gpt-5.4', 'gpt-5.4']);
    rig.write('autoloop.yaml', 'provider: { codex: { model: today } }\n');
    expect((await rig.run(['--resume'])).code).toBe(0);
    expect([...new Set(models(rig).slice(2))]).toEqual(['today']);
  });

  it('of a run that an older release began, which codex refuses today, comes with the same way out', async () => {
    await using rig = await createRig({ script: { rules: [{ failure: 'bad_model', say: REFUSED, times: 1 }] } });
    writeOldTree(rig.workspace, 'G8');
    const refused = await rig.run(['--resume', '--task-id', OLD_TASK]);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain("Remove provider.codex.model to use codex's own default");
  });

  it('goes with a run that was paused, whatever became of the file that named it', async () => {
    const script = { rules: [{ role: 'verifier', times: 1, failure: 'usage_limit' }] } as const;
    await using rig = await createRig({ config: 'provider: { codex: { model: mine } }\n', script });
    expect((await rig.run(START)).code).toBe(4);
    rig.write('autoloop.yaml', 'runtime: { max_iterations: 3 }\n');
    expect((await rig.run(['--resume'])).code).toBe(0);
    expect(models(rig)).toEqual(['mine', 'mine', 'mine']);
  });
});

/** What each turn was started with. */
function models(rig: Rig): (string | undefined)[] {
  return rig.turns().map(({ argv }) => argv[argv.indexOf('--model') + 1]);
}
