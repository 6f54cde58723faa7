import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fillSandbox } from '../test/support/sandbox.ts';
import { timed } from './execute.ts';
import { watched } from './instruments.ts';
import { emptyProgram, emptyPython } from './programs.ts';
import type { Scenario, Setting } from './scenario.ts';

/** How long a person waits for an answer that needs no agent. */
export function start(setting: Setting): Scenario {
  const empty = emptyProgram(setting.folder());
  const python = emptyPython();
  const { tasks } = setting.sizes;
  return {
    name: 'start',
    title: `Start-up (${tasks.toLocaleString('en')} tasks)`,
    rounds: 4,
    figures: [
      { key: 'empty', label: 'an empty Bun program', unit: 'ms' },
      { key: 'help', label: '--help', unit: 'ms' },
      { key: 'helpRatio', label: '--help, in empty Bun programs', unit: 'x', atMost: 2 },
      { key: 'python', label: 'an empty python3 program, as a scale', unit: 'ms' },
      { key: 'pythonRatio', label: '--help, in empty python3 programs', unit: 'x' },
      { key: 'list', label: '--list-tasks', unit: 'ms' },
      { key: 'listExtra', label: '--list-tasks beyond --help', unit: 'ms', atMost: 50 },
      { key: 'helpPeak', label: '--help, peak memory', unit: 'MB', atMost: 150 },
      { key: 'listPeak', label: '--list-tasks, peak memory', unit: 'MB', atMost: 150 },
    ],
    async prepare(program) {
      const place = fillSandbox(setting.folder(), { git: false });
      for (let n = 1; n <= tasks; n += 1) addTask(place.workspace, `task-${String(n).padStart(5, '0')}`);
      return {
        round() {
          const floor = timed(empty, [], place).ms;
          const help = timed(program, ['--help'], place).ms;
          const list = timed(program, ['--list-tasks'], place).ms;
          const scale = python === null ? null : timed(python, [], place).ms;
          return {
            empty: floor,
            help,
            helpRatio: help / floor,
            python: scale,
            pythonRatio: scale === null ? null : help / scale,
            list,
            listExtra: list - help,
          };
        },
        async once() {
          const help = await watched(program, ['--help'], place);
          const list = await watched(program, ['--list-tasks'], place);
          return { helpPeak: help.peakMb, listPeak: list.peakMb };
        },
      };
    },
  };
}

function addTask(workspace: string, id: string): void {
  const folder = path.join(workspace, '.autoloop/tasks', id);
  mkdirSync(path.join(folder, 'runs'), { recursive: true });
  const at = '2026-11-23T18:49:54.258825+00:00';
  const task = { task_id: id, created_at: at, request_text: `Do ${id}`, request_updated_at: at };
  writeFileSync(path.join(folder, 'task.json'), `${JSON.stringify(task, null, 2)}\n`);
}
