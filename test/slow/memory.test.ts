import { appendFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Finished, Running } from '../support/invocation.ts';
import { peakMemory } from '../support/peak-memory.ts';
import { createRig } from '../support/rig.ts';

const MOST_BYTES = 300_000_000;
const START = ['--task-id', 't', '--intent', 'Build it', '--pairs', 'implement'];
const RESUME = ['--resume', '--task-id', 't'];
const LOOKS = [['status'], ['status', '--json'], ['logs'], ['report'], ['--list-tasks']];

/** What agents may put in the way of whoever reads it; no more of it is on the disk than its length. */
const HUGE = [
  ['an artifact of 10 GB', '${bundle}/notes.bin', '10G'],
  ['a feedback.md of 3 GB', '${bundle}/feedback.md', '3G'],
  ['criteria.md of 3 GB', '${bundle}/criteria.md', '3G'],
  ['a source of 10 GB', 'src/huge.txt', '10G'],
  ['a .gitignore of 3 GB', 'src/.gitignore', '3G'],
  ['a .gitattributes of 3 GB', 'src/.gitattributes', '3G'],
  ['a package.json of 3 GB', 'package.json', '3G'],
  ['a configuration file of 3 GB', 'autoloop.yaml', '3G'],
  ['a .worktreeinclude of 3 GB', '.worktreeinclude', '3G'],
] as const;

describe.runIf(process.platform === 'linux')('less than 300 MB of memory', () => {
  it.each(HUGE)('takes a run in which an agent leaves %s, and its resume', async (_, file, size) => {
    await using rig = await createRig({
      files: { 'src/main.txt': 'main\n' },
      script: { rules: [{ role: 'producer', times: 1, shell: [`mkdir -p src; truncate -s ${size} '${file}'`] }] },
    });
    const ended = [await watched(rig.start(START))];
    for (const args of [RESUME, ...LOOKS]) ended.push(await watched(rig.start(args)));
    expect(rig.turns().length).toBeGreaterThan(0);
    expectModest(ended);
  });

  it('takes whoever reads a log to which a line of 60 MB was written, by an agent or afterwards', async () => {
    const event = '{"event_type":"phase_output","sequence":1,"text":"';
    const line = `(printf '%s' '${event}'; head -c 60000000 /dev/zero | tr '\\0' x; echo '"}')`;
    const shell = [`${line} >>"$(find .autoloop -name events.jsonl)"`];
    await using rig = await createRig({ script: { rules: [{ role: 'producer', times: 1, shell }] } });
    const ended = [await watched(rig.start(START))];
    expect(ended[0]?.stderr).toContain('events.jsonl');
    appendFileSync(path.join(rig.lastRun().path, 'events.jsonl'), `${event}${'x'.repeat(60_000_000)}"}\n`);
    for (const args of [RESUME, ...LOOKS]) ended.push(await watched(rig.start(args)));
    expectModest(ended);
    expect([ended[0]?.code, ended[1]?.code]).toEqual([0, 1]);
    expect(ended[1]?.stderr).toContain('is longer than 16 MiB');
  });
});

function expectModest(ended: readonly (Finished & { readonly peak: number })[]): void {
  for (const { code, peak, stderr } of ended) {
    expect(peak, stderr).toBeLessThan(MOST_BYTES);
    expect([0, 1, 4], stderr).toContain(code);
    expect(stderr).not.toContain('internal');
  }
}

/** A program to its end, with the peak of its resident memory in bytes. */
async function watched(running: Running): Promise<Finished & { readonly peak: number }> {
  let peak = 0;
  const timer = setInterval(() => (peak = Math.max(peak, peakMemory(running.pid) ?? 0)), 2);
  const finished = await running.done.finally(() => clearInterval(timer));
  return { ...finished, peak };
}
