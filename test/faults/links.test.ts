import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { expect } from 'vitest';
import { hashFolder } from '../support/readers.ts';
import type { Rig } from '../support/rig.ts';
import { fault } from './fault.ts';
import { ending, follow, lines, START } from './story.ts';

const IMPLEMENT = 'artifacts/implement/phases/implicit-phase';

/** Places of the state, relative to the workspace; `RUN` stands for the run's folder. */
const PLACES = [
  '.autoloop',
  '.autoloop/tasks',
  '.autoloop/tasks/t',
  '.autoloop/tasks/t/runs',
  'RUN',
  'RUN/artifacts',
  `RUN/${IMPLEMENT}`,
  `RUN/${IMPLEMENT}/criteria.md`,
  `RUN/${IMPLEMENT}/feedback.md`,
  'RUN/sessions',
  'RUN/sessions/phases',
  'RUN/sessions/phases/implicit-phase.json',
  'RUN/turns',
  'RUN/events.jsonl',
  'RUN/run.json',
  'RUN/request.md',
  'RUN/raw_phase_log.md',
  'RUN/decisions.txt',
  'RUN/diagnostics.log',
  '.autoloop/tasks/t/task.json',
  '.autoloop/tasks/t/raw_phase_log.md',
  '.autoloop/.gitignore',
] as const;

/** Moves a place out of the workspace and leaves a link to it. Returns a check that nothing out there changed. */
function linkOut(rig: Rig, place: string): () => void {
  const run = path.relative(rig.workspace, rig.lastRun().path);
  const inside = path.join(rig.workspace, place.replace('RUN', run));
  const outside = path.join(rig.sandbox.root, 'outside');
  mkdirSync(outside, { recursive: true });
  const target = path.join(outside, 'target');
  renameSync(inside, target);
  symlinkSync(target, inside);
  const before = hashFolder(outside);
  return () => {
    expect(lstatSync(inside).isSymbolicLink()).toBe(true);
    expect(hashFolder(outside)).toBe(before);
    rmSync(inside);
    renameSync(target, inside);
  };
}

fault(
  'I2, I3: a link out of the state, at each of its levels, is refused by name, and nothing is written through it',
  {},
  async (rig) => {
    rig.script({ rules: [{ role: 'verifier', times: 2, raw: '', tick: false }] });
    const paused = await rig.run(START);
    expect(paused.code).toBe(4);
    for (const place of PLACES) {
      const restore = linkOut(rig, place);
      const refused = await rig.run(['--resume', '--task-id', 't']);
      expect(refused.code, place).toBe(1);
      const [error = ''] = lines(refused.stderr).filter((line) => line.startsWith('error: '));
      expect(error, place).toMatch(/symbolic link/);
      expect(error, place).toContain(path.join(rig.workspace, '.autoloop'));
      expect(rig.turns(), place).toHaveLength(3);
      restore();
    }
    expect((await follow(rig, paused)).code).toBe(0);
    return { maxTurns: 4 };
  },
);

for (const place of ['.autoloop', '.autoloop/tasks', '.autoloop/lock', '.autoloop/.gitignore', '.autoloop/tasks/t']) {
  for (const what of ['to a folder outside', 'to nowhere', 'round in a circle']) {
    fault(`I2: ${place} as a link ${what} is refused at the start, before a turn`, {}, async (rig) => {
      const outside = path.join(rig.sandbox.root, 'outside');
      if (what === 'to a folder outside') mkdirSync(outside);
      mkdirSync(path.dirname(path.join(rig.workspace, place)), { recursive: true });
      symlinkSync(what === 'round in a circle' ? path.basename(place) : outside, path.join(rig.workspace, place));
      const refused = await rig.run(START);
      expect(refused.code).toBe(1);
      expect(lines(refused.stderr)[0]).toMatch(/^error: .*symbolic link/);
      expect(rig.turns()).toEqual([]);
      if (what === 'to a folder outside') expect(readdirSync(outside)).toEqual([]);
      else expect(existsSync(outside)).toBe(false);
      return { maxTurns: 0 };
    });
  }
}

/** Links that an agent leaves in its turn where the program writes next. */
const TRAPS = [
  `RUN/${IMPLEMENT}/feedback.md`,
  `RUN/${IMPLEMENT}/criteria.md`,
  'RUN/sessions/phases/implicit-phase.json',
  'RUN/raw_phase_log.md',
  'RUN/decisions.txt',
  'RUN/events.jsonl',
  'RUN/turns',
];

for (const place of TRAPS) {
  fault(
    `I2: an agent that puts a link at ${place.replace('RUN/', '')} does not make us write out there`,
    {},
    async (rig) => {
      const secret = path.join(rig.sandbox.root, 'secret');
      const folder = path.join(rig.sandbox.root, 'folder');
      mkdirSync(folder);
      writeFileSync(secret, 'of the user\n');
      const at = place.replace('RUN', '${run}');
      const target = place === 'RUN/turns' ? folder : secret;
      const trap = [`rm -rf '${at}'; ln -s '${target}' '${at}'`];
      // COMPLETE without ticks: a warning is due in feedback.md.
      rig.script({ rules: [{ role: 'verifier', times: 1, tick: false, shell: trap }] });
      const done = await rig.run(START);
      expect(readFileSync(secret, 'utf8')).toBe('of the user\n');
      expect(readdirSync(folder)).toEqual([]);
      const link = path.join(rig.lastRun().path, place.replace('RUN/', ''));
      if (place.endsWith('events.jsonl')) {
        expect(done.stderr).toMatch(
          /WARNING: the agent removed or reverted Autoloop's own state; restored: .*events\.jsonl/,
        );
        expect(lstatSync(link).isFile()).toBe(true);
      } else {
        expect(done.stderr).toMatch(/^error: .* is a symbolic link/m);
        rmSync(link);
        rig.script({});
        expect((await follow(rig, done)).code).toBe(0);
      }
      expect(ending(rig).status).toBe('success');
      return { maxTurns: 6 };
    },
  );
}
