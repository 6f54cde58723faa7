import { describe, expect, it } from 'vitest';
import { foldChecks, NO_CHECKS, resultKey } from '../../../../src/core/checks/facts.ts';
import { CHECK } from './results-of.ts';

type Folded = Parameters<typeof foldChecks>[1];

const ran = (tree: string, where: string) =>
  ({
    event_type: 'check_finished',
    ...{ check: CHECK.name, at: 'pair', side: 'now', tree, commit: null, exit_code: 0, duration_ms: 1, cached: false },
    ...{ counts: { passed: 1, failed: 0, skipped: 0 }, log: null, results: { name: tree, sha256: tree } },
    ...{ ending: 'exited', parser: 'tap', where, implausible: null },
  }) as Folded;
const resolved = {
  ...{ checks: [CHECK], baseTree: 'base', guardTree: 'base', baseCommit: null, carried: null },
  where: 'auto' as const,
};

describe('a state that a person has edited', () => {
  const edited = (where: string) => {
    const facts = { ...NO_CHECKS, resolved, phaseTrees: [{ phaseId: 'p1', tree: 'later' }] };
    const trees = { from: 'a', to: 'b', base_tree: 'base', guard_tree: 'guards', later_tree: 'later, edited' };
    const event = { event_type: 'person_edited', ...trees, paths: ['test/a.js'] } as Folded;
    return foldChecks(foldChecks(facts, ran('later', where)), event).kept[resultKey(CHECK.name, 'later, edited')];
  };

  it('has what its check said in the work tree when it was there, which cannot be asked again', () => {
    expect(edited('in_place')).toMatchObject({ name: 'later' });
  });

  it('is asked anew where a clean copy can be made of it', () => {
    expect(edited('clean')).toBeUndefined();
  });
});
