import type { CheckFacts } from '../../core/checks/facts.ts';
import type { EvidenceSettings } from '../../core/settings.ts';
import type { CheckBench } from '../check-port.ts';

/** The settings with what counts as a guard besides what always does: what was configured, and what the checks' own commands name. */
export async function withNamedGuards(
  bench: CheckBench,
  resolved: CheckFacts['resolved'],
  evidence: EvidenceSettings,
): Promise<EvidenceSettings> {
  if (resolved === null || resolved.checks.length === 0) return evidence;
  const named = await bench.namedGuards(resolved.checks, resolved.guardTree);
  return named.length === 0 ? evidence : { ...evidence, guards: [...evidence.guards, ...named] };
}
