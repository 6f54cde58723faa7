import { existsSync, mkdirSync, readdirSync, renameSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { foreignFiles } from '../../../src/store/disk/guard.ts';
import { openStore, RUN, temporaryFolder, workspace } from './rig.ts';

const inRun = (rest: string) => path.join('.autoloop/tasks/demo/runs', RUN, rest);

/** Moves a part of the state out of it and puts a link in its place. */
function linkOutside(folder: string, place: string): string {
  const outside = path.join(temporaryFolder(), 'outside');
  renameSync(path.join(folder, place), outside);
  symlinkSync(outside, path.join(folder, place));
  return outside;
}

describe('a symbolic link that leads out of the state', () => {
  it.each([
    '.autoloop',
    '.autoloop/tasks',
    '.autoloop/tasks/demo',
    '.autoloop/tasks/demo/runs',
    inRun(''),
    inRun('sessions'),
    inRun('artifacts'),
    inRun('turns'),
    inRun('events.jsonl'),
    inRun('run.json'),
    inRun('request.md'),
    '.autoloop/.gitignore',
  ])('is refused at %s when a run is opened, and nothing is written through it', async (place) => {
    const { folder } = workspace();
    const { store } = await openStore(folder);
    mkdirSync(store.files.artifacts, { recursive: true });
    mkdirSync(store.files.turns, { recursive: true });
    const outside = linkOutside(folder, place.replace(/\/$/, ''));
    const before = statSync(outside).isDirectory() ? readdirSync(outside, { recursive: true }) : null;
    await expect(openStore(folder, { create: null })).rejects.toMatchObject({ name: 'Problem', kind: 'state' });
    await expect(openStore(folder, { create: null })).rejects.toThrow(/symbolic link/);
    if (before !== null) expect(readdirSync(outside, { recursive: true })).toEqual(before);
  });

  it.each(['artifacts/plan', 'artifacts/plan/feedback.md', 'sessions/plan.json', 'decisions.txt', 'raw_phase_log.md'])(
    'is refused at %s when an agent makes it while the run goes on',
    async (place) => {
      const { folder } = workspace();
      const { store } = await openStore(folder);
      const scope = { pair: 'plan', phaseId: null } as const;
      await store.artifacts.seed(scope, '- [ ] x\n');
      linkOutside(folder, inRun(place));
      const works = async () => {
        await store.artifacts.warnInFeedback(scope, 1, 'x');
        await store.readSession('plan');
        await store.decisions.openBlock(scope);
        await store.appendRawLog({ entry: 'run_state', body: '' });
      };
      await expect(works()).rejects.toThrow(/symbolic link/);
    },
  );

  it('is refused where it leads nowhere', async () => {
    const { folder } = workspace();
    symlinkSync('nowhere', path.join(folder, '.autoloop'));
    await expect(openStore(folder)).rejects.toThrow(/symbolic link/);
    expect(existsSync(path.join(folder, 'nowhere'))).toBe(false);
  });
});

describe('a symbolic link that stays inside', () => {
  it('is refused like any other: what it leads to tomorrow nobody knows', async () => {
    const { folder } = workspace();
    await openStore(folder);
    renameSync(path.join(folder, '.autoloop/tasks/demo'), path.join(folder, '.autoloop/tasks/real'));
    symlinkSync('real', path.join(folder, '.autoloop/tasks/demo'));
    await expect(openStore(folder, { create: null })).rejects.toThrow(/demo is a symbolic link/);
  });
});

describe("another program's files under .autoloop", () => {
  it('are named and left alone', async () => {
    const { folder, state } = workspace();
    expect(foreignFiles(state)).toEqual([]);
    mkdirSync(state.folder);
    for (const name of ['registry.jsonl', 'journal.jsonl', 'lock', 'x.tmp', 'run.processes']) {
      writeFileSync(path.join(state.folder, name), 'theirs');
    }
    const { warnings } = await openStore(folder);
    expect(warnings).toEqual([expect.stringContaining('left alone: journal.jsonl, registry.jsonl')]);
  });
});
