import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { installGh, URL_OF_PR } from '../support/fake-gh.ts';
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

  it('opens a pull request for each task that succeeds, and none again', async () => {
    await using rig = await createRig({ script: { rules: [made(1), made(2)] } });
    const server = path.join(rig.sandbox.root, 'server.git');
    execFileSync('git', ['init', '-q', '--bare', server], { env: { ...process.env, ...rig.sandbox.env } });
    rig.git('remote', 'add', 'origin', server);
    rig.git('push', '-q', 'origin', 'main');
    const calls = installGh(rig);
    const place = queue(rig, { 'a.md': `${HEAD}---\nMake a\n`, 'b.md': `${HEAD}---\nMake b\n` });
    const { code, stdout } = await rig.run(['batch', place, '--pr']);
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining(URL_OF_PR) as string });
    expect(calls().match(/^pr create .*$/gm)).toEqual([
      expect.stringMatching(/--head autoloop\/a --title Make a /),
      expect.stringMatching(/--head autoloop\/b --title Make b /),
    ]);
    expect(rig.git('ls-remote', '--heads', 'origin').match(/refs\/heads\/.*/g)).toEqual([
      'refs/heads/autoloop/a',
      'refs/heads/autoloop/b',
      'refs/heads/main',
    ]);
    expect((await rig.run(['batch', place, '--pr'])).code).toBe(0);
    expect(calls().match(/^pr create /gm)).toHaveLength(2);
    expect(rig.commits().map(({ subject }) => subject)).toEqual(['first']);
  });

  it('is begun in a linked work tree too: its branch gets the work, and the status of a task names it from anywhere', async () => {
    await using rig = await createRig({ script: { rules: [made(1)] } });
    const linked = path.join(rig.sandbox.root, 'linked');
    rig.git('worktree', 'add', '-q', '-b', 'side', linked);
    const place = path.resolve(rig.workspace, queue(rig, { 'a.md': `${HEAD}---\nMake a\n` }));
    const { code } = await rig.run(['batch', place, '--merge', '--workspace', linked]);
    expect([code, existsSync(path.join(linked, 'made-1.txt')), rig.status()]).toEqual([0, true, []]);
    expect(rig.git('log', '-1', '--format=%s', 'side').trim()).toBe('Make a');
    for (const workspace of [linked, rig.workspace, `${rig.workspace}.autoloop/a`]) {
      const args = ['status', '--task-id', 'a', '--json', '--workspace', workspace];
      const { batch } = JSON.parse((await rig.run(args)).stdout) as { batch: object | null };
      expect(batch, workspace).toMatchObject({ tasks: 1, done: 1, open: false });
    }
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
