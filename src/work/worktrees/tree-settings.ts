import os from 'node:os';
import type { WorktreeSettings } from '../../core/settings.ts';
import { requireOwnConfiguration } from '../frozen-config.ts';
import { resolveSettings } from '../settings.ts';

/**
 * How work trees are made and left, as the workspace's configuration says. Rejects with a Problem where it is not valid, or an agent wrote
 * it and `accept` does not take it.
 */
export async function treeSettings(workspace: string, accept: boolean): Promise<WorktreeSettings> {
  requireOwnConfiguration(workspace, accept);
  const { settings } = await resolveSettings({ workspace, home: os.homedir(), env: process.env }, {});
  return settings.worktree;
}
