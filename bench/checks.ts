import path from 'node:path';
import { writeFileSync } from 'node:fs';
import { CheckTree } from '../src/checks/check-tree.ts';
import { States } from '../src/checks/states.ts';
import { Git } from '../src/git/git.ts';
import { locate } from '../src/git/place.ts';
import { createRunner } from '../src/git/runner.ts';
import { fillSandbox } from '../test/support/sandbox.ts';
import type { Scenario, Setting } from './scenario.ts';
import { median } from './statistics.ts';

const MOVES = 5;

/** What it costs to look at a state and to put it in place for checks, without the checks themselves; in this process. */
export function checks(setting: Setting): Scenario {
  const { files } = setting.sizes;
  return {
    name: 'checks',
    title: `The clean copy of ${files.toLocaleString('en')} files for checks`,
    rounds: 1,
    figures: [
      { key: 'take', label: 'the state of the sources is taken', unit: 'ms' },
      { key: 'takeGits', label: 'git processes for that', unit: '', atMost: 4 },
      { key: 'first', label: 'the copy is made', unit: 'ms' },
      { key: 'move', label: 'the copy is moved on by ten changed files', unit: 'ms', atMost: 500 },
      { key: 'moveGits', label: 'git processes for that', unit: '', atMost: 8 },
    ],
    async prepare() {
      const folder = setting.folder();
      const sources = Array.from({ length: files }, (_, at) => `lib/${at % 100}/module-${at}.txt`);
      const { workspace } = fillSandbox(folder, {
        files: Object.fromEntries(sources.map((name) => [name, `${name}\n`])),
      });
      const runner = createRunner({ workspace });
      const located = await locate(runner, workspace);
      if (located.kind !== 'found') throw new Error('no repository');
      const git = new Git(runner, located.place);
      const states = new States(git, path.join(folder, 'scratch'));
      const counted = async <T>(work: () => Promise<T>) => {
        const [gits, begun] = [runner.count, performance.now()];
        const value = await work();
        return { value, ms: performance.now() - begun, gits: runner.count - gits };
      };
      return {
        round: () => ({}),
        async once() {
          const tree = new CheckTree(runner, git, path.join(folder, 'tree'));
          const first = await counted(async () => tree.enter(await states.snapshot(), []));
          const takes = [];
          const moves = [];
          for (let turn = 0; turn < MOVES; turn += 1) {
            for (const name of sources.slice(turn * 10, turn * 10 + 10))
              writeFileSync(path.join(workspace, name), `${turn}\n`);
            const taken = await counted(() => states.snapshot());
            takes.push(taken);
            moves.push(await counted(() => tree.enter(taken.value, [])));
          }
          tree.remove();
          const most = (list: readonly { gits: number }[]) => Math.max(...list.map(({ gits }) => gits));
          return {
            first: first.ms,
            take: median(takes.map(({ ms }) => ms)),
            move: median(moves.map(({ ms }) => ms)),
            takeGits: most(takes),
            moveGits: most(moves),
          };
        },
      };
    },
  };
}
