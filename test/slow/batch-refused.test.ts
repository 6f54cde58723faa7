import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createRig, type Rig } from '../support/rig.ts';

const CONFIG = 'runtime:\n  pairs: plan\n  max_iterations: 1\n';

function queue(rig: Rig, files: Readonly<Record<string, string>>): string {
  for (const [name, text] of Object.entries(files)) rig.write(`../queue/${name}.md`, text);
  return '../queue';
}

describe('a task of a batch whose start is refused', () => {
  it('says why where it is told to have failed, and in the table; what comes after it is told once', async () => {
    await using rig = await createRig({ config: CONFIG });
    rig.git('branch', 'autoloop'); // Beside it git makes no branch below `autoloop/`.
    const place = queue(rig, { a: 'Do a', b: 'Do b', c: 'Do c', d: '---\nafter: [a]\n---\nDo d' });
    const { code, stdout } = await rig.run(['batch', place]);
    expect(code).toBe(2);
    for (const task of ['a', 'b', 'c']) {
      const why = `no branch autoloop/${task} can be made: `;
      expect(stdout).toContain(`[FAILED] ${task}: ${why}`);
      expect(stdout).toMatch(new RegExp(`^${task} +not begun +2 .*${why}`, 'm'));
    }
    expect(stdout.match(/d is not begun/g)).toHaveLength(1);
    expect(rig.turns()).toEqual([]);
    rig.git('branch', '-D', 'autoloop');
    expect((await rig.run(['batch', place])).code).toBe(0);
  });

  it('says why, too, where it has a run that is not gone on with', async () => {
    await using rig = await createRig({ config: CONFIG, script: { rules: [{ role: 'producer', remote: true }] } });
    const place = queue(rig, { a: 'Do a' });
    const running = rig.start(['batch', place]);
    await rig.nextTurn();
    running.signal('SIGINT');
    await running.done;
    rig.script({});
    const merging = rig.git('-C', `${rig.workspace}.autoloop/a`, 'rev-parse', '--git-path', 'MERGE_HEAD').trim();
    writeFileSync(merging, rig.git('rev-parse', 'HEAD'));
    const { code, stdout } = await rig.run(['batch', place]);
    expect(code).not.toBe(0);
    expect(stdout).toMatch(/\[INTERRUPTED\] a: .*merge/);
    expect(stdout).toMatch(/^a +interrupted .*merge/m);
  });
});
