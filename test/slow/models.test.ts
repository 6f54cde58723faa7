import { describe, expect, it } from 'vitest';
import { createRig } from '../support/rig.ts';

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
});
