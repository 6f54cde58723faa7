import path from 'node:path';
import { sizeOf } from '../src/work/worktrees/size.ts';
import { fillSandbox, type Sandbox } from '../test/support/sandbox.ts';
import { timed } from './execute.ts';
import { watched } from './instruments.ts';
import type { Scenario, Setting } from './scenario.ts';

const LIST = ['worktree', 'list', '--json'];

/** What many work trees of tasks cost whoever looks after them, and what a run in one costs beside a run in the checkout. */
export function worktrees(setting: Setting): Scenario {
  const { trees } = setting.sizes;
  return {
    name: 'worktrees',
    title: `${trees} work trees of tasks`,
    rounds: 2,
    figures: [
      { key: 'list', label: 'worktree list --json', unit: 'ms', atMost: 3000 },
      { key: 'listGits', label: 'git processes for that', unit: '', atMost: trees + 12 },
      { key: 'kept', label: 'kept of each beside its checkout', unit: 'bytes' },
      { key: 'apart', label: 'git processes of a run in one that is there', unit: '' },
      { key: 'plain', label: 'git processes of the same run in the checkout', unit: '' },
      { key: 'more', label: 'more for the work tree', unit: '', atMost: 4 },
    ],
    async prepare(program) {
      const place = fillSandbox(setting.folder(), { files: { 'base.txt': 'as it was\n' } });
      for (let at = 0; at < trees; at += 1) timed(program, runOf(`task-${at}`, '--worktree'), place);
      timed(program, runOf('plain'), place);
      return {
        round: () => ({ list: timed(program, LIST, place).ms }),
        async once() {
          const again = async (...more: string[]) => (await watched(program, runOf(...more), place)).gits;
          const listGits = (await watched(program, LIST, place)).gits;
          const [apart, plain] = [await again('task-0', '--worktree'), await again('plain')];
          return { listGits, kept: keptOf(place, trees), apart, plain, more: apart - plain };
        },
      };
    },
  };
}

function runOf(task = '', ...more: readonly string[]): string[] {
  return ['--intent', 'Build it', '--task-id', task, '--pairs', 'plan', ...more];
}

/** Bytes of git's folder for each, the index included. */
function keptOf({ workspace }: Sandbox, trees: number): number {
  return Math.round(sizeOf(path.join(workspace, '.git/worktrees'), { left: 1_000_000 }).bytes / trees);
}
