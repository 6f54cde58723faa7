import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { probeWritable } from '../../../src/store/disk/write-probe.ts';
import { openStore, RUN, workspace } from './rig.ts';

const NOBODY = 65_534;

/** Permissions mean nothing to root: as root, another user's process is asked. */
function probeAsUser(folder: string): string {
  const user = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
  const script = path.join(import.meta.dirname, 'prober.ts');
  return spawnSync(process.execPath, [script, folder, 'demo', RUN], { ...user, encoding: 'utf8' }).stdout;
}

function giveAway(folder: string): void {
  if (process.getuid?.() !== 0) return;
  for (const name of ['', ...readdirSync(folder, { recursive: true, encoding: 'utf8' })]) {
    chownSync(path.join(folder, name), NOBODY, NOBODY);
  }
}

describe('the write probe', () => {
  it('leaves nothing behind, and creates nothing in a workspace without state', async () => {
    const { folder, state, run } = workspace();
    await probeWritable(state);
    expect(existsSync(state.folder)).toBe(false);
    await openStore(folder);
    await probeWritable(state, run);
    expect(readdirSync(state.folder).sort()).toEqual(['.gitignore', 'tasks']);
  });

  it('says which folder or file cannot be written', async () => {
    const { folder, state, run } = workspace();
    await openStore(folder);
    giveAway(folder);
    expect(probeAsUser(folder)).toBe('writable');
    for (const place of [state.folder, run.run, run.sessions, run.events]) {
      chmodSync(place, 0o500);
      expect(probeAsUser(folder)).toBe(`Problem: ${place} cannot be written: permission denied`);
      chmodSync(place, 0o700);
    }
  });

  it('looks at the workspace where there is no state yet', () => {
    const { folder } = workspace();
    giveAway(folder);
    chmodSync(folder, 0o500);
    expect(probeAsUser(folder)).toBe(`Problem: ${folder} cannot be written: permission denied`);
  });
});
