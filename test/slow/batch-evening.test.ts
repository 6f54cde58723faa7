import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createRig, type Rig } from '../support/rig.ts';

const HEAD = '---\npairs: plan,implement\n';
const made = (run: number) =>
  ({ pair: 'implement', role: 'producer', run, write: { [`made-${run}.txt`]: 'made\n' } }) as const;

const queue = (rig: Rig, files: Readonly<Record<string, string>>) => {
  for (const [name, text] of Object.entries(files)) rig.write(`../queue/${name}`, text);
  return '../queue';
};

describe('autoloop batch', () => {
  it('works through a folder of intents in work trees, brings them into the branch in order, and has nothing to do again', async () => {
    await using rig = await createRig({ script: { rules: [made(1), made(2)] } });
    const place = queue(rig, {
      'b-second.md': `${HEAD}---\nMake the second\n`,
      'c-first.txt': `${HEAD}after: []\n---\nMake the first\n`,
      'notes.csv': 'no intent',
    });
    rig.write('../queue/b-second.md', `${HEAD}after: c-first\n---\nMake the second\n`);
    const { code, stdout, stderr } = await rig.run(['batch', place, '--parallel', '2', '--merge']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(
      /c-first begins[^]*SUCCESS\] c-first[^]*c-first merged as [0-9a-f]{10} into main[^]*b-second begins/,
    );
    expect(stdout).toMatch(/^task +status +code +took[^]*^c-first +success +0 [^]*^b-second +success +0 /m);
    expect(rig.commits().map(({ subject }) => subject)).toEqual(['first', 'Make the first', 'Make the second']);
    expect([rig.read('made-1.txt'), rig.read('made-2.txt'), ...rig.status()]).toEqual(['made\n', 'made\n']);
    const turns = rig.turns().length;
    const again = await rig.run(['batch', place, '--merge']);
    expect([again.code, rig.turns().length, rig.commits().length]).toEqual([0, turns, 3]);
  });

  it('refuses what cannot be before anything is written, and says what can', async () => {
    await using rig = await createRig();
    const place = queue(rig, { 'a.md': '---\nafter: [b]\n---\nx', 'b.md': '---\nafter: a\n---\nx' });
    rig.write('../twins/Same.md', 'x');
    rig.write('../twins/same.txt', 'x');
    rig.write('../odd/latin.md', '---\nafter: nobody\n---\nx');
    rig.write('../head/a.md', '---\nprovider: nobody\n---\nx');
    rig.write('../blank/a.md', '---\nbase: main\n---\n \n');
    rig.write('../base/a.md', '---\nbase: nowhere\n---\nx');
    for (const [args, words] of [
      [[place], /tasks wait for each other: a -> b -> a/],
      [['../twins'], /Same\.md and .*same\.txt both are task same/],
      [['../odd'], /latin\.md: after: "nobody" is no task of this batch; there is latin/],
      [['../head'], /a\.md:2: provider: found "nobody" \(string\); accepted: codex, claude/],
      [['../blank'], /a\.md holds no request/],
      [['../base'], /a\.md: base: "nowhere" names no commit/],
      [['../nowhere'], /\.\.\/nowhere does not exist/],
      [['README.md', '--parallel', '0'], /from 1 to 8/],
      [['README.md', '--parallel', '9'], /from 1 to 8/],
    ] as const) {
      const { code, stderr } = await rig.run(['batch', ...args]);
      expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(words) as string });
    }
    expect([existsSync(`${rig.workspace}/.autoloop`), rig.turns()]).toEqual([false, []]);
  });
});
