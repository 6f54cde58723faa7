import { Problem } from '../../core/problem.ts';
import { lookAt, type Standing } from '../../files/door.ts';
import { linkFault } from '../../files/fault.ts';
import { listFolder } from '../../files/folders.ts';
import { stateFiles } from '../layout.ts';

/** What stands where a folder on the way to a workspace's tasks belongs, so that none is found behind it; null: nothing does. */
export function inTheWay(workspace: string): Problem | null {
  const { folder, tasks } = stateFiles(workspace);
  for (const place of [folder, tasks]) {
    const kind = lookAt(place)?.kind ?? 'folder';
    if (kind !== 'folder') return noFolder(place, kind);
  }
  const other = listFolder(tasks).find(({ kind }) => kind === 'link' || kind === 'special');
  return other === undefined ? null : noFolder(`${tasks}/${other.name}`, other.kind);
}

function noFolder(place: string, kind: Standing['kind']): Problem {
  if (kind === 'link') return linkFault(place);
  return new Problem('state', `${place} is no folder, and one belongs there`, PUT_BACK);
}

const PUT_BACK = 'Put the folder back that was there, then try again.';
