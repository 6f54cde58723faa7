import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'vitest';
import type { Rig } from '../support/rig.ts';
import { fault } from './fault.ts';
import { START } from './story.ts';

const MANY = 100_000;

fault(
  `I1: ${MANY} new files, whose names no command line could hold, are committed in one go, within 30 s`,
  { takes: 240_000 },
  async (rig) => {
    rig.script({ rules: [{ role: 'producer', shell: [create(MANY)] }] });
    const share = plainGitMs(rig, MANY / 20) * 20;
    const done = await rig.run(START, { timeoutMs: 230_000 });
    expect(done.code).toBe(0);
    // On a machine that is busy with something else git itself needs longer than it should: five times that is as good.
    expect(checkpointMs(rig)).toBeLessThan(Math.max(30_000, 5 * share));
    expect(rig.git('ls-tree', '-r', '--name-only', 'HEAD', 'many/').split('\n')).toHaveLength(MANY + 1);
    expect(rig.status()).toEqual([]);
    return { maxTurns: 2 };
  },
);

function create(count: number): string {
  const names = `seq -f 'a-file-with-a-long-name-%06g.txt' ${count}`;
  return `mkdir many && cd many && ${names} | xargs sh -c 'for f; do echo $f > $f; done' sh`;
}

/** How long git takes to add so many of these files to a repository of their own. */
function plainGitMs(rig: Rig, count: number): number {
  const folder = path.join(rig.sandbox.root, 'plain');
  mkdirSync(folder);
  rig.git('init', '-q', folder);
  rig.git('-c', `alias.create=!cd ${folder} && ${create(count)}`, 'create');
  const began = performance.now();
  rig.git('-C', folder, 'add', '-A');
  return performance.now() - began;
}

/** From the end of the producer's turn to its checkpoint. */
function checkpointMs(rig: Rig): number {
  const time = (type: string) => Date.parse(rig.events().find((event) => event.event_type === type)?.ts ?? '');
  return time('checkpoint') - time('phase_finished');
}
