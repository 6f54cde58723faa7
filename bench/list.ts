import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fillSandbox, type Sandbox } from '../test/support/sandbox.ts';
import { timed } from './execute.ts';
import { watched } from './instruments.ts';
import type { Program } from './programs.ts';
import type { Scenario, Setting } from './scenario.ts';

const LIST = ['--list-tasks', '--json'];

/** How long a person or a page waits to see where the runs of many tasks stand: at first, and when little has changed since. */
export function list(setting: Setting): Scenario {
  const { finished } = setting.sizes;
  return {
    name: 'list',
    title: `Where ${finished.toLocaleString('en')} tasks stand`,
    rounds: 4,
    figures: [
      { key: 'events', label: 'events of each log', unit: '' },
      { key: 'first', label: '--list-tasks --json, the first time', unit: 'ms', atMost: 1000 },
      { key: 'again', label: '--list-tasks --json, after that', unit: 'ms', atMost: 300 },
      { key: 'peak', label: 'peak memory, the first time', unit: 'MB', atMost: 150 },
    ],
    async prepare(program) {
      const place = fillSandbox(setting.folder(), { git: false, script: { phases: phasesOf(setting) } });
      const events = addFinishedTasks(place, program, finished);
      const cache = path.join(place.env.HOME ?? '', '.cache', 'autoloop');
      const forget = () => rmSync(cache, { recursive: true, force: true });
      return {
        round() {
          forget();
          const first = timed(program, LIST, place).ms;
          return { events, first, again: timed(program, LIST, place).ms };
        },
        async once() {
          forget();
          return { peak: (await watched(program, LIST, place)).peakMb };
        },
      };
    },
  };
}

/** Four turns a phase: fifteen make a log of some 280 events. */
export function phasesOf({ sizes }: Setting): string[] {
  return Array.from({ length: sizes.phases * 1.5 }, (_, at) => `phase-${at + 1}`);
}

/** Lets the program make one run of the script's phases, and gives `count` tasks its log under ids of their own. Resolves with the events of a log. */
export function addFinishedTasks(place: Sandbox, program: Program, count: number): number {
  timed(program, ['--intent', 'Build it', '--task-id', 'model', '--no-git'], place);
  const tasks = path.join(place.workspace, '.autoloop/tasks');
  const model = path.join(tasks, 'model');
  const [runId = ''] = readdirSync(path.join(model, 'runs'));
  const log = readFileSync(path.join(model, 'runs', runId, 'events.jsonl'), 'utf8');
  for (let n = 1; n < count; n += 1) {
    const id = `task-${String(n).padStart(5, '0')}`;
    const own = `${runId.slice(0, -8)}${n.toString(16).padStart(8, '0')}`;
    const as = (text: string) => text.replaceAll(runId, own).replaceAll('"model"', `"${id}"`);
    const folder = path.join(tasks, id);
    mkdirSync(path.join(folder, 'runs', own), { recursive: true });
    writeFileSync(path.join(folder, 'task.json'), as(readFileSync(path.join(model, 'task.json'), 'utf8')));
    writeFileSync(path.join(folder, 'runs', own, 'events.jsonl'), as(log));
    cpSync(path.join(model, 'runs', runId, 'run.json'), path.join(folder, 'runs', own, 'run.json'));
  }
  return log.split('\n').length - 1;
}
