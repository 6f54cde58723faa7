import { createHash } from 'node:crypto';
import { realpathSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { isWithin, realPathOf } from './work-tree.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Where a workspace keeps what only this machine needs and no agent may steer: outside of what a sandboxed agent can write. The
 * folder need not exist; whoever makes it makes it 0700. Its name tells the workspace: its own name and 8 hex digits of its real path.
 */
export function machineFolder(workspace: string, env: Environment = process.env): string {
  const real = realPath(workspace);
  const key = `${path.basename(real).replaceAll(/[^\w.-]/g, '_')}-${createHash('sha256').update(real).digest('hex').slice(0, 8)}`;
  return path.join(baseFolder(real, env.XDG_STATE_HOME, '.local/state'), 'autoloop', key);
}

/** Where what can be made again is kept: probes, summaries, check trees. Shared by all workspaces; need not exist. */
export function cacheFolder(workspace: string, env: Environment = process.env): string {
  return path.join(baseFolder(realPath(workspace), env.XDG_CACHE_HOME, '.cache'), 'autoloop');
}

/** A place in which nothing is and nothing can be made. */
const NOWHERE = os.devNull;

/**
 * A relative or empty variable counts as unset (XDG Base Directory Specification); so does one that leads into the workspace, where an
 * agent would write its own orders and the heads of logs. Where the home is of that kind, too, there is no such place.
 */
function baseFolder(workspace: string, given: string | undefined, fallback: string): string {
  const places = [given ?? '', path.join(os.homedir(), fallback)];
  const isOutside = (place: string) => path.isAbsolute(place) && !isWithin(realPathOf(place), workspace);
  return places.find(isOutside) ?? NOWHERE;
}

function realPath(workspace: string): string {
  try {
    return realpathSync(workspace);
  } catch {
    return path.resolve(workspace); // Not there: whoever opens it says so.
  }
}
