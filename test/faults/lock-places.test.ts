import { spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'vitest';
import type { StartOptions } from '../support/invocation.ts';
import type { Rig } from '../support/rig.ts';
import { fault } from './fault.ts';
import { START } from './story.ts';

/** As in a container: process ids of its own, and nobody outside is seen. */
const OTHER_PIDS = ['unshare', '--map-root-user', '--pid', '--fork', '--mount-proc'];
const OTHER_MOUNTS = ['unshare', '--map-root-user', '--mount'];

const lacks = ([program = '', ...args]: readonly string[]): string | null =>
  spawnSync(program, [...args, 'true']).status === 0 ? null : 'this machine lets nobody have namespaces';

/** Another way to the place where a run is at work. */
interface Way {
  readonly name: string;
  readonly lacks?: string | null;
  readonly second: (rig: Rig) => readonly [args: readonly string[], options: StartOptions];
}

const RESUME = ['--resume', '--task-id', 't'];

const WAYS: readonly Way[] = [
  {
    name: 'from another container',
    lacks: lacks(OTHER_PIDS),
    second: () => [RESUME, { through: OTHER_PIDS }],
  },
  {
    name: 'through a bind mount',
    lacks: lacks(OTHER_MOUNTS),
    second({ workspace, sandbox }) {
      const other = path.join(sandbox.root, 'mounted');
      mkdirSync(other);
      const mounted = 'mount --bind "$1" "$2" && cd "$2" && shift 2 && exec "$@"';
      return [RESUME, { through: [...OTHER_MOUNTS, 'sh', '-c', mounted, 'sh', workspace, other] }];
    },
  },
  {
    name: 'through a symbolic link',
    second({ workspace, sandbox }) {
      const link = path.join(sandbox.root, 'link');
      symlinkSync(workspace, link);
      return [[...RESUME, '--workspace', link], {}];
    },
  },
  {
    name: 'in a folder of its repository',
    second: (rig) => [['--task-id', 'other', '--intent', 'x'], { cwd: folderIn(rig) }],
  },
];

for (const { name, second, lacks: missing = null } of WAYS) {
  const script = { rules: [{ role: 'producer', times: 1, remote: true }] } as const;
  fault(
    `I5: a second start ${name} is refused without a turn, and the first is not disturbed`,
    { script, lacks: missing },
    async (rig) => {
      const [args, options] = second(rig);
      const running = rig.start(START);
      const turn = await rig.nextTurn();
      const refused = await rig.run(args, options);
      expect(refused.stderr).toMatch(/^error: busy: pid \d+, run /m);
      expect(refused.code).toBe(5);
      await turn.finish();
      const first = await running.done;
      expect(first.code).toBe(0);
      expect(first.stderr).not.toMatch(/WARNING/);
      return { maxTurns: 2 };
    },
  );
}

fault('I5: without git, a second start in a folder of the workspace is refused', {}, async (rig) => {
  rig.script({ rules: [{ role: 'producer', times: 1, remote: true }] });
  const running = rig.start([...START, '--no-git']);
  const turn = await rig.nextTurn();
  const refused = await rig.run(['--task-id', 'other', '--intent', 'x', '--no-git'], { cwd: folderIn(rig) });
  expect(refused.code).toBe(5);
  await turn.finish();
  expect((await running.done).code).toBe(0);
  return { maxTurns: 2 };
});

fault(
  'a second start in a folder that a workspace with a run lies in is refused, with or without git',
  {},
  async (rig) => {
    rig.script({ rules: [{ role: 'producer', times: 1, remote: true }] });
    const [inner, outer] = [folderIn(rig), rig.workspace];
    const running = rig.start([...START, '--no-git'], { cwd: inner });
    const turn = await rig.nextTurn();
    const other = ['--task-id', 'other', '--intent', 'x'];
    for (const args of [[...other, '--no-git'], other]) {
      const refused = await rig.run(args, { cwd: outer });
      expect(refused.stderr).toMatch(
        /^error: busy: pid \d+, run run-\S+ since .+ in \S+inner, which lies in this workspace/m,
      );
      expect(refused.code).toBe(5);
    }
    const looked = await rig.run(['doctor'], { cwd: outer });
    expect(looked.stdout + looked.stderr).toMatch(/which lies in this workspace/);
    await turn.finish();
    expect((await running.done).code).toBe(0);
    expect((await rig.run([...other, '--pairs', 'implement'], { cwd: outer })).code).toBe(0);
    return { maxTurns: 4 };
  },
);

fault(
  'a second start in a folder of the workspace that has a mount of its own is refused',
  { lacks: lacks(OTHER_MOUNTS) },
  async (rig) => {
    rig.script({ rules: [{ role: 'producer', times: 1, remote: true }] });
    const inner = folderIn(rig);
    const other = path.join(rig.sandbox.root, 'mounted');
    mkdirSync(other);
    const mounted = 'mount --bind "$1" "$2" && cd "$2" && shift 2 && exec "$@"';
    const running = rig.start([...START, '--no-git']);
    const turn = await rig.nextTurn();
    const refused = await rig.run(['--task-id', 'other', '--intent', 'x', '--no-git'], {
      through: [...OTHER_MOUNTS, 'sh', '-c', mounted, 'sh', inner, other],
    });
    expect(refused.stderr).toMatch(/^error: busy: pid \d+, run run-\S+ since .+, which this workspace lies in/m);
    expect(refused.code).toBe(5);
    await turn.finish();
    expect((await running.done).code).toBe(0);
    return { maxTurns: 2 };
  },
);

fault('whoever was killed in a folder of a workspace keeps nobody out of it', {}, async (rig) => {
  rig.script({ rules: [{ role: 'producer', times: 1, remote: true }] });
  const running = rig.start([...START, '--no-git'], { cwd: folderIn(rig) });
  await rig.nextTurn();
  running.signal('SIGKILL');
  await running.done;
  expect((await rig.run(['--task-id', 'other', '--intent', 'x', '--pairs', 'implement', '--no-git'])).code).toBe(0);
  return { maxTurns: 4 };
});

function folderIn({ workspace }: Rig): string {
  const folder = path.join(workspace, 'inner');
  mkdirSync(folder);
  return folder;
}
