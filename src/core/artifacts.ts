import type { Pair } from './vocabulary.ts';

/** The artifacts of each pair beside criteria.md and feedback.md (docs/state.md). */
export const ARTIFACTS: Readonly<Record<Pair, readonly string[]>> = {
  plan: ['plan.md', 'phase_plan.yaml'],
  implement: ['implementation_notes.md'],
  test: ['test_strategy.md'],
  audit: ['revised_request.md', 'gap_report.md', 'audit_result.json'],
};
