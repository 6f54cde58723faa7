import type { CheckFacts } from '../../core/checks/facts.ts';
import type { EvidenceSettings } from '../../core/settings.ts';
import type { CheckBench } from '../check-port.ts';
import { ownValue } from '../../core/own-value.ts';

interface AcceptedNow {
  readonly now: string;
  readonly evidence: EvidenceSettings;
  /** What no state has (`contentsNow`); null: nobody asks for it now. */
  readonly contents: Readonly<Record<string, string>> | null;
}

/**
 * The names that a person has accepted and that still mean what they did: consent is to the guards as they were then, and not to what
 * an agent makes of them afterwards. Guards that were added since take back nothing.
 */
export async function stillAccepted(
  bench: CheckBench,
  accepted: CheckFacts['accepted'],
  { now, evidence, contents }: AcceptedNow,
): Promise<readonly string[]> {
  const names: string[] = [];
  for (const { name, tree, content } of accepted) {
    if (content !== undefined && contents !== null && ownValue(contents, name) !== content) continue;
    if (tree === null || tree === now || !(await areTouched(bench, { tree, now, evidence }))) names.push(name);
  }
  return names;
}

async function areTouched(
  bench: CheckBench,
  { tree, now, evidence }: { readonly tree: string; readonly now: string; readonly evidence: EvidenceSettings },
): Promise<boolean> {
  const { guards } = await bench.compare({ base: tree, now, later: null }, evidence);
  return guards.guards.some(({ before, kind }) => before !== null || kind !== 'test');
}
