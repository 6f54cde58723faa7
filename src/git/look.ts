import type { View } from './checkpoint.ts';
import type { Git } from './git.ts';
import { indexStamp } from './private-index.ts';
import { parseStatus, STATUS } from './status.ts';

/** The status of the work tree, and the version of the user's index that it describes. One process. */
export async function look(git: Git): Promise<View> {
  git.requireSame();
  // The stamp is taken first: an index that changes during the status does not fit it, and is looked at again.
  const stamp = indexStamp(git.place);
  return { stamp, status: parseStatus(await git.output(STATUS, { isSame: true })) };
}
