import type { ProviderName } from '../core/vocabulary.ts';
import { openReader } from '../files/door.ts';
import { activityReader } from '../providers/activity.ts';
import type { Deed } from '../providers/provider.ts';
import { linesFrom } from './file-lines.ts';

/** The last sign of life of a turn: when its log was written last (ms since 1970), and what the agent did, where that shows. */
export interface SignOfLife {
  readonly at: number;
  readonly deed: Deed | null;
}

/** Of a log's end; what stands before says what the agent did earlier. */
const TAIL_BYTES = 1 << 21;

/** Null: the turn has printed nothing yet. */
export async function lastSignOfLife(turnLog: string, provider: ProviderName): Promise<SignOfLife | null> {
  const handle = await openReader(turnLog);
  if (handle === null) return null;
  try {
    const { writtenMs, size } = handle;
    if (size === 0) return null;
    const read = activityReader(provider);
    let deed: Deed | null = null;
    for (const { text } of linesFrom(handle, Math.max(0, size - TAIL_BYTES))) deed = read(text).at(-1) ?? deed;
    return { at: writtenMs, deed };
  } finally {
    handle.close();
  }
}
