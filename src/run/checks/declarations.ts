import type { Declaration } from '../../core/checks/declared.ts';
import { type EvidenceMap, readEvidenceMap, readTestChanges } from '../../core/checks/evidence-map.ts';
import { IMPLICIT_PHASE_ID, type Phase } from '../../core/phase-plan.ts';
import { isPhased } from '../../core/vocabulary.ts';
import type { Loop } from '../loop.ts';
import { phaseOf } from '../phases.ts';

/** The phases that the run works on, with what is planned for them. */
export async function selectedPhases(loop: Loop): Promise<readonly Phase[]> {
  const ids = loop.state.selection?.phaseIds ?? [];
  const phases = await Promise.all(ids.map((phaseId) => phaseOf(loop, { pair: 'implement', phaseId })));
  return phases.filter((phase) => phase !== null);
}

/** Every change of a test that the plan announces, or a producer has signed for. */
export async function declarationsOf(loop: Loop, phases: readonly Phase[]): Promise<readonly Declaration[]> {
  const found: Declaration[] = [];
  for (const { phaseId, ...change } of loop.state.checks.announced) found.push({ change, by: 'plan', phaseId });
  for (const { phaseId } of phases) {
    for (const pair of loop.state.run.pairs.filter(isPhased)) {
      const read = await loop.ports.store.artifacts.readYaml({ pair, phaseId }, 'test_changes.yaml');
      const { changes } = readTestChanges(read, 'test_changes');
      for (const change of changes) found.push({ change, by: 'producer', phaseId });
    }
  }
  return found;
}

/** What the producer of a phase says about its criteria; null: nothing that can be read. */
export async function evidenceMapOf(loop: Loop, phaseId: string): Promise<EvidenceMap | null> {
  const pair = loop.state.run.pairs.includes('test') ? 'test' : 'implement';
  const document = await loop.ports.store.artifacts.readYaml({ pair, phaseId }, 'acceptance_evidence.yaml');
  const read = document === null ? null : readEvidenceMap(document);
  return read === null || 'errors' in read ? null : read.map;
}

export function isImplicit(phase: Phase): boolean {
  return phase.phaseId === IMPLICIT_PHASE_ID;
}
