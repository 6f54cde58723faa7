import type { Ledger } from './ledger.ts';
import { processTable } from './platform.ts';
import type { ProcessRow } from './process-table.ts';
import type { ProcessTree } from './tree.ts';

/**
 * Looks at the tree again and again, so that a process without the mark is known while its parent still lives, and keeps the
 * ledger in place. Looking takes at most a twentieth of the time. `onLook` is given those that live. Returns the function that ends it.
 */
export function startSampling(
  tree: ProcessTree,
  ledger: Ledger,
  onLook: (members: readonly ProcessRow[]) => void,
): () => void {
  let timer: NodeJS.Timeout;
  const sample = (): void => {
    const startedAt = performance.now();
    try {
      onLook(tree.look({ marks: false }));
    } catch {
      // No file handles left, say: the next look may have them.
    }
    ledger.tend();
    timer = setTimeout(sample, Math.max(processTable.sampleMs, 20 * (performance.now() - startedAt)));
  };
  timer = setTimeout(sample, processTable.sampleMs);
  return () => clearTimeout(timer);
}
