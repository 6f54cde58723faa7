import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { createRig, type Rig } from '../support/rig.ts';

const SCRIPT = {
  rules: [
    {
      pair: 'implement' as const,
      role: 'producer' as const,
      write: { 'src/new file.txt': 'made\n', 'base.txt': 'changed\n', 'yours.txt': 'by the agent\n' },
    },
  ],
};

const ARGS = ['--intent', 'Build it', '--task-id', 'job', '--pairs', 'plan,implement'];

async function builtRig(): Promise<Rig> {
  const rig = await createRig({ script: SCRIPT });
  for (const name of ['base.txt', 'yours.txt']) rig.write(name, 'as it was\n');
  rig.git('add', 'base.txt', 'yours.txt');
  rig.git('commit', '-qm', 'mine');
  expect((await rig.run(ARGS)).code).toBe(0);
  return rig;
}

interface Undone {
  number: number;
  back: string[];
  kept: { path: string; why: string }[];
  commit: string | null;
  snapshot: string | null;
  artifacts: boolean;
}

describe('autoloop undo', () => {
  it('takes files and run back to a checkpoint, keeps what is yours, and the run goes on with exactly the turns after it', async () => {
    await using rig = await builtRig();
    rig.write('yours.txt', 'edited since\n');
    rig.write('untracked.txt', 'mine\n');
    const head = rig.git('rev-parse', 'HEAD').trim();
    const dry = JSON.parse((await rig.run(['undo', '--to', '2', '--dry-run', '--json'])).stdout) as Undone;
    expect(dry).toMatchObject({ number: 2, back: ['base.txt', 'src/new file.txt', 'src/phase-1.txt'], commit: null });
    expect(rig.git('rev-parse', 'HEAD').trim()).toBe(head);
    expect(rig.read('base.txt')).toBe('changed\n');

    const { stdout, code } = await rig.run(['undo', 'job', '--to', '2']);
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: expect.stringMatching(/yours\.txt \(changed since, and/) as string,
    });
    expect(rig.read('base.txt')).toBe('as it was\n');
    expect(existsSync(path.join(rig.workspace, 'src'))).toBe(false);
    expect(rig.read('yours.txt')).toBe('edited since\n');
    expect(rig.git('rev-parse', 'HEAD~1').trim()).toBe(head);
    expect(rig.status().filter((line) => !line.includes('.autoloop'))).toEqual([' M yours.txt', '?? untracked.txt']);

    const before = rig.turns().length;
    const resumed = await rig.run(['--resume', '--task-id', 'job']);
    expect(resumed.code).toBe(0);
    const taken = rig.turns().slice(before);
    expect(taken.map(({ pair, role }) => `${pair} ${role}`)).toEqual(['implement producer', 'implement verifier']);
    expect(rig.read('src/new file.txt')).toBe('made\n');
    const last = rig.events().findLast((event) => event.event_type === 'run_finished');
    expect(last).toMatchObject({ status: 'success', usage: { turns: 6 } });
  });

  it('takes back a file that got other letters, and one that a filter keeps in another form, and undoes that', async () => {
    const write = { 'FOO.txt': 'old\n', 'data.bin': 'new words\n' };
    await using rig = await createRig({
      files: { 'foo.txt': 'old\n', '.gitattributes': '*.bin filter=loud\n' },
      script: { rules: [{ pair: 'implement', role: 'producer', write, delete: ['foo.txt'] }] },
    });
    rig.git('config', 'filter.loud.clean', 'tr a-z A-Z');
    rig.git('config', 'filter.loud.smudge', 'tr A-Z a-z');
    rig.git('config', 'filter.loud.required', 'true');
    rig.write('data.bin', 'old words\n');
    rig.git('add', 'data.bin');
    rig.git('commit', '-qm', 'mine');
    expect((await rig.run(ARGS)).code).toBe(0);
    const stands = () => [
      ['foo.txt', 'FOO.txt'].map((name) => existsSync(path.join(rig.workspace, name))),
      rig.read('data.bin'),
      rig.git('show', 'HEAD:data.bin'),
      rig.status().filter((line) => !line.includes('.autoloop')),
    ];
    const after = [[false, true], 'new words\n', 'NEW WORDS\n', []];
    expect(stands()).toEqual(after);
    expect((await rig.run(['undo', '--to', '2'])).code).toBe(0);
    expect(stands()).toEqual([[true, false], 'old words\n', 'OLD WORDS\n', []]);
    expect((await rig.run(['undo', '--undo'])).code).toBe(0);
    expect(stands()).toEqual(after);
  });

  it('is itself undone: HEAD’s files, the index and the run are as before', async () => {
    await using rig = await builtRig();
    rig.write('base.txt', 'staged\n');
    rig.git('add', 'base.txt');
    rig.write('base.txt', 'and edited\n');
    const view = () => [
      rig.git('diff', '--cached', '--', '.', ':!.autoloop'),
      rig.git('diff', '--', '.', ':!.autoloop'),
      rig.git('ls-tree', '-r', 'HEAD', '--', 'src', 'base.txt', 'yours.txt'),
      rig.git('ls-files', '-s', '--', ':!.autoloop'),
      rig.treeHash(),
    ];
    const before = view();
    expect((await rig.run(['undo', '--last'])).code).toBe(0);
    expect((await rig.run(['undo', '--to', '0'])).code).toBe(0);
    expect(view()).not.toEqual(before);
    expect((await rig.run(['undo', '--undo'])).code).toBe(0);
    const state = JSON.parse((await rig.run(['status', '--json'])).stdout) as { status: string };
    expect(state.status).toBe('interrupted');
    expect(rig.events().at(-1)).toMatchObject({ event_type: 'run_rewound', kept: [] });
    expect(view()).toEqual(before);
  });

  it('leaves no success behind: status, wait and report tell of a run that was interrupted', async () => {
    await using rig = await builtRig();
    expect((await rig.run(['report'])).stdout).toContain('**Success');
    expect((await rig.run(['undo', '--to', '2'])).code).toBe(0);
    expect((await rig.run(['status'])).stdout).toContain('Status: interrupted, exit code 130');
    const { stdout, code } = await rig.run(['wait']);
    expect({ stdout, code }).toMatchObject({ stdout: expect.stringMatching(/^interrupted\n/) as string, code: 130 });
    const report = await rig.run(['report']);
    expect(report.stdout).toContain('**Ended: interrupted**');
    expect(report.stderr).toContain('has left no report of where it stands');
  });

  it('refuses what cannot be, and says what can', async () => {
    await using rig = await builtRig();
    for (const [args, words] of [
      [['--to', '77'], /"77" is no checkpoint of this run: give 0 to 5/],
      [['--to', '5'], /nothing to undo: the run stands at checkpoint 5/],
      [['--undo'], /there is no undo of this run to take back/],
      [[], /give one of --to, --last and --undo/],
      [['--to', '1', '--last'], /give one of/],
    ] as const) {
      const { code, stderr } = await rig.run(['undo', 'job', ...args]);
      expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(words) as string });
    }
    rig.git('checkout', '-q', '--orphan', 'other');
    rig.git('commit', '-qm', 'elsewhere');
    const { code, stderr } = await rig.run(['undo', 'job', '--to', '0']);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringMatching(/is not in the history of HEAD/) as string,
    });
  });
});
