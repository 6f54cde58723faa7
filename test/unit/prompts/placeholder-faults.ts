import { ARTIFACTS } from '../../../src/core/artifacts.ts';
import { isPhased, PAIRS, type Pair } from '../../../src/core/vocabulary.ts';
import { parsePlaceholder, type Placeholder, SHAPE } from '../../../src/prompts/placeholders.ts';

/** What is wrong with the placeholders of a template of `pair` (null: of every pair), one sentence each. */
export function placeholderFaults(text: string, pair: Pair | null): readonly string[] {
  const faults: string[] = [];
  const rest = text.replace(SHAPE, (whole, body: string) => {
    const fault = faultOf(parsePlaceholder(body), pair);
    if (fault !== null) faults.push(`${whole}: ${fault}`);
    return '';
  });
  if (/\{\{|\}\}/.test(rest)) faults.push('unpaired {{ or }}');
  return faults;
}

function faultOf(placeholder: Placeholder | null, pair: Pair | null): string | null {
  if (placeholder === null) return 'unknown placeholder';
  switch (placeholder.kind) {
    case 'named':
      return null;
    case 'run_artifact':
      return placeholder.path.split('/', 1).some((top) => PAIRS.some((name) => name === top))
        ? null
        : 'not below the folder of a pair';
    case 'artifact':
      return pair !== null && isArtifact(pair, placeholder.name) ? null : 'not an artifact of the pair';
    case 'phase_artifact':
      if (pair === null || !isPhased(pair)) return 'needs an active phase';
      return isArtifact(placeholder.pair, placeholder.name) ? null : `not an artifact of ${placeholder.pair}`;
  }
}

function isArtifact(pair: Pair, name: string): boolean {
  return ['criteria.md', 'feedback.md', ...ARTIFACTS[pair]].includes(name);
}
