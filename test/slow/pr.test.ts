import { mkdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { installGh, URL_OF_PR } from '../support/fake-gh.ts';
import { createRig, type Rig } from '../support/rig.ts';

const RULE = { pair: 'implement', role: 'producer', write: { 'made.txt': 'made\n' } } as const;

/** A rig with a task that is done, and a server for its repository. */
async function rigWithTask(): Promise<Rig> {
  const rig = await createRig({ script: { rules: [RULE] } });
  const server = path.join(rig.sandbox.root, 'server.git');
  execFileSync('git', ['init', '-q', '--bare', server], { env: { ...process.env, ...rig.sandbox.env } });
  rig.git('remote', 'add', 'origin', server);
  rig.git('push', '-q', 'origin', 'main');
  const start = ['--worktree', '--task-id', 'job', '--pairs', 'plan,implement', '--intent', 'Make it\n\nand well'];
  expect((await rig.run(start)).code).toBe(0);
  return rig;
}

const onServer = (rig: Rig) =>
  rig
    .git('ls-remote', 'origin')
    .trim()
    .split('\n')
    .map((line) => line.split('\t')[1]);

describe('autoloop pr', () => {
  it('pushes the branch alone and opens one pull request with the report, however often it is called', async () => {
    await using rig = await rigWithTask();
    const calls = installGh(rig);
    rig.write('mine.txt', 'uncommitted\n'); // An undo of the task would have kept it as a snapshot.
    const { code, stdout, stderr } = await rig.run(['pr', 'job', '--draft']);
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: `[+] ${URL_OF_PR}\n`, stderr: '' });
    const again = await rig.run(['pr', 'job']);
    expect([again.code, again.stdout]).toEqual([
      0,
      expect.stringMatching(/is pushed to origin; its pull request: .*pull\/7/),
    ]);
    expect(calls().match(/^pr create .*$/gm)).toEqual([
      expect.stringMatching(/--head autoloop\/job --title Make it --body-file \S+ --base main --draft$/),
    ]);
    expect(calls()).toMatch(/^\*\*.+\*\* · /m);
    expect(onServer(rig)).toEqual(['refs/heads/autoloop/job', 'refs/heads/main']);
    const logs = (await rig.run(['logs', '--task-id', 'job'])).stdout;
    expect(logs.match(/pull request https/g)).toHaveLength(1);
    expect((await rig.run(['--resume', '--task-id', 'job'])).stdout).toContain('already complete');
  });

  it('says where to open it without gh, refuses what is no remote or no success, and pushes no snapshot', async () => {
    await using rig = await rigWithTask();
    const only = path.join(rig.sandbox.root, 'only-git');
    mkdirSync(only);
    symlinkSync(execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim(), path.join(only, 'git'));
    const pushed = await rig.run(['pr', 'job'], { env: { PATH: only } });
    expect([pushed.code, pushed.stdout]).toEqual([
      0,
      expect.stringMatching(/pushed to origin; there is no gh here\. Open/),
    ]);
    expect(onServer(rig)).toContain('refs/heads/autoloop/job');

    const calls = installGh(rig);
    const tree = path.join(path.dirname(rig.workspace), 'workspace.autoloop/job');
    rig.git('-C', tree, 'commit', '-q', '--allow-empty', '-m', 'autoloop: snapshot');
    for (const [args, words] of [
      [['job'], /holds the snapshot [0-9a-f]+ of files/],
      [['job', '--remote', 'nowhere'], /--remote "nowhere" is no remote; there is origin/],
      [['other'], /task "other" has no work tree of its own here; there are those of job/],
    ] as const) {
      const { code, stderr } = await rig.run(['pr', ...args]);
      expect([code, stderr]).toEqual([expect.any(Number), expect.stringMatching(words)]);
      expect(code).not.toBe(0);
    }
    expect(calls()).toBe('');
  });
});
