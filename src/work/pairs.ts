import { Problem } from '../core/problem.ts';
import type { Settings } from '../core/settings.ts';

/** Refuses pairs that cannot be worked as they are given. Throws a Problem (usage) that names their `source`. */
export function checkPairs({ runtime }: Settings, source: string): void {
  const { pairs, phaseId, phaseMode } = runtime;
  const isPhased = pairs.includes('implement') || pairs.includes('test');
  if (pairs.includes('test') && !pairs.includes('implement')) {
    throw new Problem(
      'usage',
      `${source}: test needs implement, which is not among ${pairs.join(',')}`,
      'Add implement to the pairs.',
    );
  }
  if (isPhased && phaseMode === 'up-to' && phaseId === null) {
    throw new Problem('usage', 'phase mode up-to needs --phase-id: which phase to work up to');
  }
  if (phaseId !== null && !pairs.includes('plan')) {
    throw new Problem(
      'usage',
      `--phase-id ${phaseId} needs a phase plan, and plan is not among the pairs ${pairs.join(',')}`,
    );
  }
}
