import { mkdtempSync, realpathSync, symlinkSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { cacheFolder, machineFolder } from '../../../src/files/places.ts';

describe('the places of what only this machine needs', () => {
  it('are one folder for a workspace by whatever path it is reached', () => {
    const workspace = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'place-')));
    symlinkSync(workspace, `${workspace}-link`);
    const env = { XDG_STATE_HOME: '/state' };
    const folder = machineFolder(workspace, env);
    expect(folder).toMatch(/^\/state\/autoloop\/place-\w+-[0-9a-f]{8}$/);
    expect(machineFolder(`${workspace}-link`, env)).toBe(folder);
    expect(machineFolder(path.dirname(workspace), env)).not.toBe(folder);
  });

  it('take a relative variable for an unset one', () => {
    expect(cacheFolder('/ws', { XDG_CACHE_HOME: 'here' })).toBe(path.join(os.homedir(), '.cache/autoloop'));
    expect(cacheFolder('/ws', { XDG_CACHE_HOME: '/cache' })).toBe('/cache/autoloop');
  });

  it('are not within the workspace, where agents would steer them, also by way of a link', () => {
    const workspace = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'place-')));
    symlinkSync(workspace, `${workspace}-link`);
    const home = path.join(os.homedir(), '.local/state/autoloop');
    for (const state of [workspace, `${workspace}/.state`, `${workspace}-link/a/b`]) {
      expect(path.dirname(machineFolder(workspace, { XDG_STATE_HOME: state }))).toBe(home);
      expect(cacheFolder(workspace, { XDG_CACHE_HOME: state })).toBe(path.join(os.homedir(), '.cache/autoloop'));
    }
    expect(path.dirname(machineFolder(workspace, { XDG_STATE_HOME: `${workspace}-beside` }))).toBe(
      `${workspace}-beside/autoloop`,
    );
  });
});
