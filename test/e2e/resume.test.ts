import { describe, expect, it } from 'vitest';
import { createRig } from '../support/rig.ts';
import { everythingIn } from '../support/inspection.ts';

describe('--resume of a complete run', () => {
  it('says so, takes no turn, changes nothing, and tells that an instruction has no effect', async () => {
    await using rig = await createRig();
    await rig.run(['--intent', 'Build it', '--pairs', 'plan']);
    const before = [everythingIn(rig), rig.turns().length];
    const again = await rig.run(['--resume', '--pairs', 'plan']);
    expect(again).toMatchObject({ code: 0, stderr: '' });
    expect(again.stdout).toContain(`[*] ${rig.lastRun().runId} is already complete\n`);
    const instructed = await rig.run(['--resume', '--intent', 'And keep the old name']);
    expect(instructed).toMatchObject({ code: 0, stderr: expect.stringContaining('--intent has no effect') as string });
    expect([everythingIn(rig), rig.turns().length]).toEqual(before);
  });
});
